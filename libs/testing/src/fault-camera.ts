// Cameras whose time stamps, tracks and reports are wrong in ways that a test chooses (camera/faultcam.py).
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureMedia } from '../camera/media.mjs';
import { REPOSITORY } from './folders';
import { freePort } from './ports';
import { startServer } from './server';

export interface CameraFaults {
  codec?: 'h264' | 'h265' | 'vp8' | 'mjpeg';
  gopSeconds?: number;
  bFrames?: number;
  /** 'WIDTHxHEIGHT' */
  size?: string;
  /** `keyFrame`: a session's first picture is one, as with most cameras. Default: anywhere. */
  beginsAt?: 'anywhere' | 'keyFrame';
  /** At which rate the stamps count pictures, and at which they are really sent; 25 each. */
  statedFps?: number;
  sentFps?: number;
  /** So many pictures after each other carry one stamp. */
  clump?: number;
  stamps?: 'true' | 'stuck' | 'jitter' | 'milliseconds';
  /** From `jumpAfterSeconds` (10) of a session on, stamps are off by so much. */
  jumpSeconds?: number;
  jumpAfterSeconds?: number;
  secondTrack?: 'none' | 'metadata' | 'audio';
  /** The NTP time of the sender reports; `step`: from `stepAfterSeconds` (6) of a session on, off by `stepSeconds`. */
  reports?: 'none' | 'good' | 'stuck' | 'zero' | 'step';
  reportEverySeconds?: number;
  stepSeconds?: number;
  stepAfterSeconds?: number;
}

export interface FaultCameras {
  port: number;
  url(name: string): string;
  stop(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('../camera/faultcam.py', import.meta.url));
const MEDIA = join(REPOSITORY, 'tmp/camera-media');

/**
 * One process of cameras by their names, real RTSP on 127.0.0.1 over TCP, with ground truth in H.264 and H.265
 * (`readTruth`).
 */
export async function startFaultCameras(cameras: Record<string, CameraFaults>): Promise<FaultCameras> {
  const described: Record<string, object> = {};
  for (const [name, { codec = 'h264', gopSeconds = 1, bFrames = 0, size, ...faults }] of Object.entries(cameras)) {
    const media = await ensureMedia({ folder: MEDIA, codec, gopSeconds, bFrames, ...(size !== undefined && { size }) });
    described[name] = { file: join(media, `cam1.${codec}`), codec, bFrames, ...faults };
  }
  const port = await freePort();
  const server = await startServer({
    name: 'the cameras with faults',
    url: `rtsp://127.0.0.1:${port}`,
    port,
    command: 'python3',
    arguments: ['-B', SCRIPT, `${port}`, JSON.stringify(described)],
    isReady: (output) => output.includes('ready'),
  });
  return { port, url: (name) => `${server.url}/${name}`, stop: () => server.stop() };
}
