/** Very much footage on little disk, for tests and benches of what reads names and indexes only. */
import { open, readFile } from 'node:fs/promises';
import { listSegments, makeFolder, segmentPath } from '@vr/footage';
import { buildRandomAccess, PRFT_BYTES, parseInitSegment } from '@vr/mp4';
import { seededRandom, temporaryFolder } from '@vr/testing';
import { utcDay } from '@vr/base';
import { TestStream } from './test-stream';

const MINUTE_MS = 60_000;

export interface ManyMinutes {
  recordingsDir: string;
  cameraId: string;
  startMs: number;
  minutes: number;
  gopSeconds: number;
  /** On average: groups have from half to one and a half times as many bytes, by chance. */
  groupBytes: number;
}

/**
 * Segments of a minute as a recorder names and ends them: set-up, one real fragment, a hole in the file where all other
 * media would be, and an index that leads into it. Key frames are some ms late or early, as those of cameras are.
 */
export async function recordMinutes(o: ManyMinutes): Promise<{ keyFrames: number }> {
  const head = await beginning();
  const random = seededRandom(o.startMs / MINUTE_MS);
  const perMinute = 60 / o.gopSeconds;
  for (let minute = 0; minute < o.minutes; minute++) {
    const startMs = o.startMs + minute * MINUTE_MS;
    await makeFolder(o.recordingsDir, o.cameraId, utcDay(startMs));
    let offset = head.initBytes;
    const keys = Array.from({ length: perMinute }, (_, i) => {
      const jitterMs = i === 0 ? 0 : Math.round((random() - 0.5) * 6);
      const key = {
        ticks: Math.round(((i * o.gopSeconds * 1000 + jitterMs) / 1000) * head.timescale),
        moofOffset: offset + PRFT_BYTES,
      };
      offset += Math.round(o.groupBytes * (0.5 + random()));
      return key;
    });
    const file = await open(segmentPath(o.recordingsDir, o.cameraId, startMs, MINUTE_MS), 'wx');
    await file.write(head.bytes, 0, head.bytes.length, 0);
    const index = buildRandomAccess(head.trackId, keys);
    await file.write(index, 0, index.length, offset);
    await file.close();
  }
  return { keyFrames: o.minutes * perMinute };
}

/** Of a real segment, up to the end of its first fragment. */
async function beginning(): Promise<{ bytes: Buffer; initBytes: number; trackId: number; timescale: number }> {
  const folder = await temporaryFolder('beginning');
  try {
    await (await TestStream.encode(2)).record(folder.path, 'cam_1', Date.UTC(2026, 0, 1), 0, 2);
    const [segment] = await listSegments(folder.path, 'cam_1');
    const bytes = await readFile(segment?.path ?? '');
    const initBytes = bytes.indexOf('prft') - 4;
    const { video } = parseInitSegment(bytes.subarray(0, initBytes));
    const second = bytes.indexOf('prft', initBytes + PRFT_BYTES) - 4;
    return { bytes: bytes.subarray(0, second), initBytes, trackId: video.id, timescale: video.timescale };
  } finally {
    await folder.remove();
  }
}
