// A worker whose event loop is blocked cannot hear SIGTERM. Whoever started it ends it
// (docs/decisions/0077-blocked-workers-are-killed.md).
import { join } from 'node:path';
import { execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { REPOSITORY, runToEnd, temporaryFolder } from '@vr/testing';

const SUPERVISOR = pathToFileURL(join(REPOSITORY, 'deploy/local/supervisor.mjs')).href;
/** Neither loop gets to signals and timers. BullMQ ran the second one with a Redis that refuses. */
const BLOCKED = {
  'a loop': 'for (;;);',
  'a promise that always has another behind it': 'void (async () => { for (;;) await undefined; })();',
};

describe.each(Object.entries(BLOCKED))('a worker that is blocked by %s', (_, loop) => {
  it('is killed by `npm start` once its time is over', async () => {
    const folder = await temporaryFolder('blocked');
    const worker = [
      `process.on('SIGTERM', () => process.exit(0));`,
      `process.stdout.write('blocked\\n', () => { setTimeout(() => process.exit(0)); ${loop} });`,
    ].join(' ');
    const starter = `
      import { Supervised } from '${SUPERVISOR}';
      let blocked;
      const isBlocked = new Promise((settle) => (blocked = settle));
      const one = new Supervised({
        name: 'worker', command: process.execPath, args: ['-e', ${JSON.stringify(worker)}],
        data: '${folder.path}', show: () => blocked(),
      });
      await isBlocked;
      const { pid } = one;
      await one.stop(200);
      try { process.kill(pid, 0); } catch ({ code }) { process.stdout.write(code); }`;
    const { stdout } = await runToEnd(execPath, ['--input-type=module', '-e', starter]);
    expect(stdout.toString()).toMatch(/did not end within 0\.2 s: killed\s+ESRCH$/);
    await folder.remove();
  }, 30_000);
});
