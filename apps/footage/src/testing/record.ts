import { BoxSplitter, fragmentHeader, parseInitSegment, PRFT_BYTES, SegmentWriter } from '@vr/footage';
import { runToEnd } from '@vr/testing';

/** A closed segment of real H.264 from `startMs` on. */
export async function recordSegment(recordingsDir: string, cameraId: string, startMs: number, seconds: number): Promise<string> {
  const { stdout } = await runToEnd('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=320x180:rate=10:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '20', '-bf', '0', '-sc_threshold', '0'],
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
  if (!writer) throw new Error('ffmpeg wrote no moov');
  return writer.close();
}

/** A box in front, which SegmentWriter fills in. */
function roomForTime(): Buffer {
  const room = Buffer.alloc(PRFT_BYTES);
  room.writeUInt32BE(PRFT_BYTES, 0);
  room.write('prft', 4, 'latin1');
  return room;
}
