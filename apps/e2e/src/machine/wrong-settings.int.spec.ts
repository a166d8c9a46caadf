// `npm start` tells of all wrong settings at once, whichever worker reads them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endWithUs, ensureBuilt, REPOSITORY, temporaryFolder } from '@vr/testing';

const WORKERS = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'] as const;

it('tells the wrong settings of each worker, and ends with 78', async () => {
  for (const worker of WORKERS) await ensureBuilt(worker);
  const folder = await temporaryFolder('wrong-settings');
  const env = {
    PATH: process.env['PATH'],
    HOME: folder.path,
    DATA_DIR: join(folder.path, 'data'),
    CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:9/cam1',
    ...Object.fromEntries(WORKERS.map((name) => [`${name.toUpperCase()}_HTTP_PORT`, '0'])),
    SEGMENT_SECONDS: 'long', // the recorder's
    CLIP_PRE_SECONDS: 'early', // the clipper's
    CLEANUP_CRON: 'at night', // the janitor's
    CONSOLE_TRUST_PROXY: 'maybe', // the console's
  };
  const starter = spawn(process.execPath, [join(REPOSITORY, 'deploy/local/start.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(starter);
  let output = '';
  for (const stream of [starter.stdout, starter.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(starter, 'close')) as [number | null];
  await folder.remove();
  const told = [...output.matchAll(/^The (\w+) does not start:\n[^]*?- ([A-Z_]+):/gm)].map(([, name, setting]) => [
    name,
    setting,
  ]);
  expect({ code, output, told: Object.fromEntries(told) as unknown }).toEqual({
    code: 78,
    output: expect.stringContaining('does not start') as string,
    told: {
      recorder: 'SEGMENT_SECONDS',
      clipper: 'CLIP_PRE_SECONDS',
      janitor: 'CLEANUP_CRON',
      console: 'CONSOLE_TRUST_PROXY',
    },
  });
}, 240_000);
