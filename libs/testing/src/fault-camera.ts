// Cameras whose time stamps, tracks and reports are wrong in ways that a test chooses: faultcam.py of
// apps/camera-simulator.
import { join } from 'node:path';
import { ensureMedia, faultCameraProgram, type CameraFaults } from '@vr/camera-simulator';
import { REPOSITORY } from './folders';
import { freePort } from './ports';
import { startServer } from './server';

export interface FaultCameras {
  port: number;
  url(name: string): string;
  stop(): Promise<void>;
}

const MEDIA = join(REPOSITORY, 'tmp/camera-media');

/**
 * One process with these cameras, by name: real RTSP on 127.0.0.1 over TCP. H.264 and H.265 carry the ground truth
 * (`readTruth`).
 */
export async function startFaultCameras(cameras: Record<string, CameraFaults>): Promise<FaultCameras> {
  const described: Record<string, object> = {};
  for (const [name, { codec = 'h264', gopSeconds = 1, bFrames = 0, size, ...faults }] of Object.entries(cameras)) {
    const media = await ensureMedia({ folder: MEDIA, codec, gopSeconds, bFrames, ...(size !== undefined && { size }) });
    described[name] = { file: join(media, `cam1.${codec}`), codec, bFrames, ...faults };
  }
  const port = await freePort();
  const program = faultCameraProgram(port, described);
  const server = await startServer({
    name: 'the cameras with faults',
    url: `rtsp://127.0.0.1:${port}`,
    port,
    command: program.command,
    arguments: program.args,
    isReady: (output) => output.includes('ready'),
  });
  return { port, url: (name) => `${server.url}/${name}`, stop: () => server.stop() };
}
