/** The short forms of what `npm run proof -- disk` and `janitor` show at length (docs/benchmarks.md). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureBuilt, REPOSITORY } from '@vr/testing';

/** What a proof said, and how it ended. A proof that hangs ends by its own deadlines, or with our process group. */
async function prove(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'tools/proof.ts', ...args], {
    cwd: REPOSITORY,
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

it('a small disk that recordings fill: recording goes on, under a segment above the mark, oldest first', async () => {
  const { code, output } = await prove(
    'disk',
    ...['--seconds', '40', '--megabytes', '3', '--cameras', '2', '--size', '640x360', '--segment-seconds', '8'],
  );
  // Exit code 2 means that nothing could be mounted here. The output says what it needs.
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/segments deleted, oldest first/) as string,
  });
}, 150_000);

it('SIGKILL in the middle of a pass leaves nothing half deleted, and the next pass finishes', async () => {
  const { code, output } = await prove('janitor', '--kills', '5', '--seed', '7', '--files', '1500');
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/5 kills, [345] of them in the middle/) as string,
  });
}, 150_000);
