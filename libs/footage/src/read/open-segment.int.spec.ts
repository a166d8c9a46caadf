import { createHash } from 'node:crypto';
import * as real from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import type { SegmentWriter as Writer } from '../write/segment-writer';

/**
 * Renames a young segment between its listing and one of the looks at its file. It must come before the readers, so
 * they are imported after this.
 */
const rename = { atLook: Infinity, looks: 0, now: (): Promise<unknown> => Promise.resolve() };
async function look(path: unknown): Promise<void> {
  if (!String(path).endsWith('.part.mp4') || ++rename.looks !== rename.atLook) return;
  await rename.now();
}
jest.unstable_mockModule('node:fs/promises', () => ({
  ...real,
  open: async (...given: Parameters<typeof real.open>) => {
    if (given[1] !== 'wx+') await look(given[0]);
    return real.open(...given);
  },
  lstat: async (path: string) => {
    await look(path);
    return real.lstat(path);
  },
}));
const footage = await import('..');
const { TestStream } = await import('../testing/test-stream');

const START_MS = Date.UTC(2026, 10, 23, 10);
const SECONDS = 6;
/** In the middle of a picture: the same picture is on show when the start moves a little. */
const MOMENT_MS = START_MS + 3050;
const MOVED_MS = 20;
const TEXTS = { title: '', artist: '', comment: '' };

type Reading = (recordingsDir: string) => Promise<unknown>;

async function digest(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** Compares sizes and not bytes: closing and moving change the bytes that say when it was recorded. */
async function frameOf(found: Promise<{ mediaSeconds: number; bytes(): AsyncIterable<Uint8Array> } | undefined>) {
  const frame = await found;
  if (!frame) return undefined;
  let sizeBytes = 0;
  for await (const chunk of frame.bytes()) sizeBytes += chunk.length;
  return { mediaSeconds: frame.mediaSeconds, sizeBytes };
}

/** In the middle of pictures, for the same reason. */
const [FROM_MS, TO_MS] = [START_MS + 1550, START_MS + 4550];

const READINGS: Record<string, Reading> = {
  readRange: async (dir) =>
    (await footage.readRange(dir, 'cam', FROM_MS, TO_MS)).pieces.map(({ fragments }) => fragments.length),
  newestFragment: async (dir) => (await footage.newestFragment(dir, 'cam'))?.piece.fragments.length,
  footageEnd: async (dir) => (await footage.footageEnd(dir, 'cam', 0)) > START_MS + SECONDS * 1000 - 100,
  summariseFootage: async (dir) => {
    const { segments, spans } = await footage.summariseFootage(dir, 'cam');
    return { segments, lengthsMs: spans.map(({ startMs, endMs }) => Math.round(endMs - startMs)) };
  },
  segmentBytes: async (dir) => {
    const [segment] = await footage.listSegments(dir, 'cam');
    // Closing adds the index. A size of 0 would say that the segment is gone.
    return segment && (await footage.segmentBytes(segment)) > 1000;
  },
  frameOnShow: (dir) => frameOf(footage.frameOnShow(dir, 'cam', MOMENT_MS, 1000)),
  newestFrame: (dir) => frameOf(footage.newestFrame(dir, 'cam')),
  newestKeyFrame: (dir) => frameOf(footage.newestKeyFrame(dir, 'cam')),
  clipBytes: async (dir) => {
    const { pieces } = await footage.readClipRange(dir, 'cam', FROM_MS, TO_MS);
    const layout = await footage.layOutClip(pieces, FROM_MS, TO_MS, TEXTS);
    const isThere = await footage.isStillThere(layout);
    const { length } = layout.head;
    const range = { start: length, end: layout.facts.sizeBytes - 1 };
    return { isThere, media: await digest(footage.clipBytes(layout, { range })) };
  },
  writeClip: async (dir) => {
    const { pieces } = await footage.readRange(dir, 'cam', FROM_MS, TO_MS);
    const path = join(dir, 'clip.mp4');
    const { sizeBytes } = await footage.writeClip(pieces, FROM_MS, TO_MS, path, TEXTS);
    await real.rm(path);
    return sizeBytes;
  },
};

describe('a young segment that is renamed under its reader', () => {
  let stream: Awaited<ReturnType<typeof TestStream.encode>>;
  let folder: TemporaryFolder;
  let writer: Writer;

  beforeAll(async () => {
    stream = await TestStream.encode(SECONDS);
  });
  beforeEach(async () => {
    folder = await temporaryFolder('renamed');
    writer = await footage.SegmentWriter.open(folder.path, 'cam', stream.init, START_MS);
    await stream.append(writer, START_MS, 0, SECONDS);
    Object.assign(rename, { atLook: Infinity, looks: 0 });
  });
  afterEach(async () => {
    Object.assign(rename, { atLook: Infinity });
    await writer.abandon();
    await folder.remove();
  });

  const RENAMES: Record<string, () => Promise<unknown>> = {
    'is closed': () => writer.close(),
    'begins earlier than it seemed': () => writer.moveStart(START_MS - MOVED_MS),
  };

  it.each(Object.keys(READINGS).flatMap((how) => Object.keys(RENAMES).map((what) => ({ how, what }))))(
    '$how reads the same where it $what before any of its looks',
    async ({ how, what }) => {
      const [read, renamed] = [READINGS[how], RENAMES[what]];
      if (!read || !renamed) throw new Error('no such test');
      const undisturbed = await read(folder.path);
      const looks = rename.looks;
      expect(looks).toBeGreaterThan(0);
      for (let atLook = 1; atLook <= looks; atLook++) {
        await folder.remove();
        folder = await temporaryFolder('renamed');
        await writer.abandon();
        writer = await footage.SegmentWriter.open(folder.path, 'cam', stream.init, START_MS);
        await stream.append(writer, START_MS, 0, SECONDS);
        Object.assign(rename, { atLook, looks: 0, now: renamed });
        const disturbed = { atLook, found: await read(folder.path).catch(String) };
        expect(rename.looks).toBeGreaterThanOrEqual(atLook);
        expect(disturbed).toEqual({ atLook, found: undisturbed });
      }
    },
  );
});
