// node --import ./tools/typescript.mjs FILE.ts: Node runs our TypeScript as it stands, with the aliases and the
// extensionless imports that the builds and the tests know. For tools only: workers are built.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
