/** The short forms of what tools/soak-disk.mjs and tools/chaos-janitor.mjs show at length (docs/benchmarks.md). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ensureBuilt, REPOSITORY } from '@vr/testing';

/**
 * What the script said, and how it ended; a script that hangs is killed by its own deadlines or with this process's
 * group.
 */
async function run(script: string, ...args: (string | number)[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'tools', script), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

beforeAll(async () => {
  await ensureBuilt('recorder');
  await ensureBuilt('janitor');
}, 300_000);

it('a small disk that real recordings fill: recording goes on, the high mark is passed by less than a segment, the oldest goes first', async () => {
  const { code, output } = await run('soak-disk.mjs', 40, 3, 2, '640x360', 8);
  // 2: nothing could be mounted here; the output says what it wants.
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/segments deleted, oldest first/) as string,
  });
}, 150_000);

it('SIGKILL in the middle of a pass leaves nothing half deleted, and the next pass finishes', async () => {
  const { code, output } = await run('chaos-janitor.mjs', 5, 7, 1500);
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/5 kills, [345] of them in the middle/) as string,
  });
}, 150_000);
