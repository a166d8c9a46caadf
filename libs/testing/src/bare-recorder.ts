// What the benches compare with: what recording costs where ffmpeg alone does it.
import { join } from 'node:path';
import { rm, stat } from 'node:fs/promises';
import { startServer } from './server';

export interface BareRecorder {
  readonly pid: number;
  /** of the file that it writes */
  recordedBytes(): Promise<number>;
  /** By SIGKILL: it heeds a SIGTERM only once its camera sends again. Its file then has no index; nobody reads it. */
  kill(): Promise<void>;
}

/** `ffmpeg -c copy -f segment` over one camera into `folder`. Resolves once bytes are on the disk. */
export async function startBareRecorder(o: { url: string; folder: string; name: string }): Promise<BareRecorder> {
  const path = join(o.folder, `${o.name}_000.mp4`);
  await rm(path, { force: true }); // of an earlier one: this one's first byte is what is waited for
  const recordedBytes = async () => (await stat(path)).size;
  const process = await startServer({
    name: 'bare ffmpeg',
    url: o.url,
    port: 0,
    command: 'ffmpeg',
    arguments: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-rtsp_transport', 'tcp', '-i', o.url],
      ...[
        '-map',
        '0:v:0',
        '-c',
        'copy',
        '-f',
        'segment',
        '-segment_time',
        '3600',
        '-segment_format',
        'mp4',
        join(o.folder, `${o.name}_%03d.mp4`),
      ],
    ],
    isReady: async () => (await recordedBytes()) > 0,
    readyWithinMs: 60_000,
  });
  return { pid: process.pid, recordedBytes, kill: () => process.kill() };
}
