// @ts-check
// `npm test`: installs what is missing, and then runs the steps of tools/test-steps.ts. What stands here runs before
// anything is installed, so it imports nothing but Node until then.
import { ensureInstalled } from '../deploy/local/install.mjs';
import { StartError } from '../deploy/local/start-error.mjs';

const begunMs = performance.now();
try {
  await ensureInstalled({ for: 'test' });
} catch (error) {
  // A person can mend a StartError; its stack would only be in the way.
  const told = error instanceof StartError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stdout.write(`${told}\n\n0 passed, 1 failed\n`);
  process.exit(1);
}
const { register } = await import('tsx/esm/api');
register();
const { runSteps } = await import('./test-steps.ts');
await runSteps(process.argv.slice(2), begunMs);
