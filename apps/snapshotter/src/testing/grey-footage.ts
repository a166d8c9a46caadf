import { BoxSplitter, fragmentHeader, parseInitSegment, PRFT_BYTES, SegmentWriter } from '@vr/footage';
import { runToEnd } from '@vr/testing';

/** Records footage whose second n (from `startMs` on) shows the grey `lumaOf(n)`: 25 frames a second, a key frame every 2 s. */
export async function recordGreys(recordingsDir: string, cameraId: string, startMs: number, seconds: number, encoder: string[] = ['-bf', '0']): Promise<void> {
  const { stdout } = await runToEnd('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `color=s=320x180:r=25:d=${seconds},format=yuv420p,geq=lum=16+mod(floor(T)\\,10)*20:cb=128:cr=128`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '5', '-g', '50', '-sc_threshold', '0', ...encoder],
    ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '1000000', 'pipe:1'],
  ]);
  let writer: SegmentWriter | undefined;
  let init: ReturnType<typeof parseInitSegment> | undefined;
  let before: Buffer = Buffer.alloc(0);
  for (const { type, bytes } of new BoxSplitter().push(stdout)) {
    if (type === 'moov') {
      init = parseInitSegment(Buffer.concat([before, bytes]));
      writer = await SegmentWriter.open(recordingsDir, cameraId, init, startMs);
    } else if (type === 'mdat' && init && writer) {
      const fragment = Buffer.concat([roomForTime(), before, bytes]);
      const tracks = fragmentHeader(fragment, init);
      const [video] = tracks;
      if (!video) throw new Error('a fragment without video');
      await writer.append({ bytes: fragment, tracks, video, offsetMs: startMs });
    }
    before = bytes;
  }
  await writer?.close();
}

/** The luma of a JPEG that shows second n, full range. */
export function lumaOf(second: number): number {
  return ((second % 10) * 20 * 255) / 219;
}

/** The mean luma of a JPEG. */
export async function lumaOfJpeg(path: string): Promise<number> {
  const { stdout } = await runToEnd('ffprobe', ['-v', 'error', '-f', 'lavfi', '-i', `movie='${path.replaceAll(':', '\\:')}',signalstats`, '-show_entries', 'frame_tags=lavfi.signalstats.YAVG', '-of', 'csv=p=0']);
  return Number.parseFloat(stdout.toString());
}

export async function greyJpeg(size: string): Promise<Buffer> {
  const { stdout } = await runToEnd('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `color=gray:s=${size}`, '-frames:v', '1', '-f', 'image2', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', 'pipe:1']);
  return stdout;
}

function roomForTime(): Buffer {
  const room = Buffer.alloc(PRFT_BYTES);
  room.writeUInt32BE(PRFT_BYTES, 0);
  room.write('prft', 4, 'latin1');
  return room;
}
