import { once } from 'node:events';
import { truncate } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { segmentPath } from '@vr/footage';
import { ConsoleProcess, SEGMENT, SEGMENT_START_MS } from '../testing/console-process';

/** This is more than the sockets between us can hold. */
const LARGE_BYTES = 500_000_000;

it('ends in order though a viewer holds a long answer, which breaks off', async () => {
  const console_ = await ConsoleProcess.start();
  try {
    const recordings = join(console_.folder.path, 'recordings');
    await truncate(segmentPath(recordings, 'cam_1', SEGMENT_START_MS, 3_600_000), LARGE_BYTES);
    const request = httpRequest({ host: '127.0.0.1', port: console_.port, path: SEGMENT, agent: false }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect([response.statusCode, response.headers['content-length']]).toEqual([200, String(LARGE_BYTES)]);
    const brokenOff = new Promise((settle) => response.once('error', settle));
    expect(await console_.worker.stop()).toEqual({ code: 0, signal: null });
    response.resume();
    expect(await brokenOff).toMatchObject({ code: 'ECONNRESET' });
  } finally {
    await console_.stop();
  }
}, 60_000);
