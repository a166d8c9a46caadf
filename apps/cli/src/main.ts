// `npm run footage` tells what footage each camera has, and whether it is what it says. It serves a person at a
// terminal, so it needs no Nest and no servers.
import { runCommand } from './command';
import { machine } from './machine';

process.exitCode = await runCommand(process.argv.slice(2), machine());
