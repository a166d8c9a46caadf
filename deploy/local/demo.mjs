// @ts-check
// What a stack without cameras shows: real RTSP from the camera simulator, and now and then an event as a detector
// sends it.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { say } from './logs.mjs';
import { addressOf } from './nats-address.mjs';
import { pythonWithGstreamer } from './programs.mjs';
import { freePort, ROOT } from './settings.mjs';
import { StartError } from './start-error.mjs';
import { run, Supervised } from './supervisor.mjs';

const FIRST_EVENT_AFTER_MS = 12_000;
const EVENT_EVERY_MS = 60_000;
const CAMERA_DEADLINE_MS = 30_000;
/** Loopback only; known, so that any player can look at them. */
const CAMERA_USER = 'admin';
const CAMERA_PASSWORD = 'camera1';

/**
 * @import { Death } from './supervisor.mjs'
 *
 * @param {object} options
 * @param {number} options.count
 * @param {string} options.data DATA_DIR
 * @param {(process: Supervised) => void} options.keep
 * @param {(death: Death) => void} options.onDeaths
 * @param {AbortSignal} options.signal
 * @returns {Promise<{ id: string, variable: string, url: string }[]>}
 */
export async function startDemoCameras({ count, data, keep, onDeaths, signal }) {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const media = await ensureMedia(numbers, signal);
  if (signal.aborted) return [];
  const port = await freePort();
  /** @type {Promise<void>} */
  const isUp = new Promise((settle, fail) => {
    const timer = setTimeout(
      () =>
        fail(
          new StartError(
            `The demo cameras did not come up within ${CAMERA_DEADLINE_MS / 1000} s; ` +
              `see ${join(data, 'logs/cameras.log')}`,
          ),
        ),
      CAMERA_DEADLINE_MS,
    );
    const up = () => {
      clearTimeout(timer);
      settle();
    };
    signal.addEventListener('abort', up, { once: true });
    const cameras = new Supervised({
      name: 'cameras',
      command: pythonWithGstreamer(),
      args: [
        '-B', // no compiled copies in the tree
        join(ROOT, 'apps/camera-simulator/camera.py'),
        '--port',
        String(port),
        '--cams',
        numbers.join(','),
        '--media',
        media,
      ],
      env: { ...process.env, CAMERA_USER, CAMERA_PASSWORD },
      holdsStdin: true, // the end of its stdin ends it
      data,
      show: (line) => {
        if (line.includes('"event": "ready"')) up();
        return undefined;
      },
      onDeaths,
    });
    keep(cameras);
  });
  await isUp;
  return numbers.map((number) => ({
    id: `demo${number}`,
    variable: `CAMERA_DEMO${number}_URL`,
    url: `rtsp://${CAMERA_USER}:${CAMERA_PASSWORD}@127.0.0.1:${port}/cam${number}`,
  }));
}

/**
 * @param {number[]} numbers of cameras
 * @param {AbortSignal} signal
 * @returns the folder with what they send
 */
async function ensureMedia(numbers, signal) {
  // A process of its own, so that its ffmpeg ends with us whenever that is.
  const script = 'apps/camera-simulator/src/make-media.ts';
  const { code, output } = await run({
    command: process.execPath,
    args: ['--import', 'tsx', script, join(ROOT, 'tmp/camera-media'), numbers.join(',')],
    cwd: ROOT,
    signal,
  });
  if (code !== 0 && !signal.aborted)
    throw new StartError(`The demo cameras' pictures could not be made:\n${output.slice(-2000)}`);
  return output.trim();
}

/**
 * Publishes `seguranca.event.motion` as a detector would: bare JSON on core NATS, one camera after another.
 * @param {{ natsUrl: string, cameras: string[] }} options
 */
export async function startDemoEvents({ natsUrl, cameras }) {
  const { connect } = await import('@nats-io/transport-node');
  const connection = await connect({
    ...addressOf(natsUrl),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    name: 'demo events',
  });
  let sent = 0;
  const publish = () => {
    const camera = cameras[sent % cameras.length];
    sent += 1;
    const event = {
      camera_id: camera,
      timestamp: Math.round(Date.now()) / 1000,
      event_id: `demo-${randomUUID()}`,
      event_type: 'motion',
      confidence: 0.87,
      zone: 'entrance',
    };
    connection.publish('seguranca.event.motion', JSON.stringify(event));
    if (sent === 1)
      say(
        `demo event   motion on ${camera ?? '?'}: its clip is in the console in about 40 s; ` +
          'from now on one event a minute',
      );
  };
  /** @type {NodeJS.Timeout | undefined} */
  let every;
  const first = setTimeout(() => {
    publish();
    every = setInterval(publish, EVENT_EVERY_MS);
  }, FIRST_EVENT_AFTER_MS);
  return {
    stop: async () => {
      clearTimeout(first);
      clearInterval(every);
      await connection.close();
    },
  };
}
