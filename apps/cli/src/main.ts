// `npm run footage`: what there is of each camera, and whether it is what it says. A program for a person at a
// terminal: no Nest, no servers.
import { runCommand } from './command';
import { machine } from './machine';

process.exitCode = await runCommand(process.argv.slice(2), machine());
