/**
 * Reads on in the segment that the recorder is writing, for all who watch a track live. The recorder knows nothing of
 * it. It looks and does not listen: inotify hears nothing of a network share.
 */
import { lstat, type FileHandle } from 'node:fs/promises';
import { DAY_MS, type Clock } from '@vr/base';
import { BoxError, BoxSplitter, codecsOf, parseFragmentHeader, readBoxHeader, type InitSegment } from '@vr/mp4';
import { listSegments, type Segment } from '../files/catalogue';
import { isNoFile } from '../files/open-footage';
import { readIndexed } from './known-indexes';
import { fileIdOf, openSegment } from './open-segment';

/** What decodes the fragments up to the next set-up. */
export interface LiveSetUp {
  init: Buffer;
  /** As browsers name them: `avc1.4d401f`. */
  codecs: string;
  width: number;
  height: number;
  /** Zero of the fragments' media time, epoch ms. */
  zeroMs: number;
}

export interface LiveFragment {
  /** `moof` and `mdat`. */
  bytes: Buffer;
  /** When its first picture is decoded, epoch ms. */
  startMs: number;
  durationMs: number;
  /** It begins with a key frame. */
  key: boolean;
}

export interface LiveWatcher {
  setUp(setUp: LiveSetUp): void;
  fragment(fragment: LiveFragment): void;
}

/** What came since the last key frame, with its times since zero: a young file's zero may still move. */
type KeptFragment = Omit<LiveFragment, 'startMs'> & { sinceZeroMs: number };

interface OpenFile {
  file: FileHandle;
  segment: Segment & { fileId: string };
  init: InitSegment;
  boxes: BoxSplitter;
  /** What was read, and the ends of the last whole box and of the last whole fragment. */
  readBytes: number;
  boxEndBytes: number;
  wholeBytes: number;
  moof?: Buffer;
}

const LOOK_EVERY_MS = 100;
/** Where nothing is being written, or cannot be read. */
const LOOK_AGAIN_MS = 500;
const CHUNK_BYTES = 1024 * 1024;
/** More than a long group of a 4K camera. Whoever comes while a group is longer waits for the next key frame. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024;

export class LiveTail {
  private readonly watchers = new Set<LiveWatcher>();
  private open: OpenFile | undefined;
  private setUp: LiveSetUp | undefined;
  private kept: KeptFragment[] = [];
  private keptBytes = 0;
  private newestEndMs: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  /** Settles when it has looked once: by then it knows the set-up where something is being written. */
  readonly looked: Promise<void>;
  private firstLook: () => void = () => undefined;

  /** @param failed hears of errors that are not about the file's content: a disk that does not answer */
  constructor(
    private readonly recordingsDir: string,
    readonly track: string,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly failed: (error: unknown) => void,
  ) {
    this.looked = new Promise((resolve) => (this.firstLook = resolve));
  }

  get current(): LiveSetUp | undefined {
    return this.setUp;
  }

  /** The end of the newest fragment that was read, epoch ms. */
  get newestMs(): number | undefined {
    return this.newestEndMs;
  }

  get isWatched(): boolean {
    return this.watchers.size > 0;
  }

  /** The watcher gets the set-up and what came since the newest key frame at once, then all that comes. */
  watch(watcher: LiveWatcher): () => void {
    this.watchers.add(watcher);
    if (this.setUp) watcher.setUp(this.setUp);
    for (const fragment of this.kept) watcher.fragment(this.dated(fragment));
    if (!this.looking && this.timer === undefined) this.lookIn(0);
    return () => {
      this.watchers.delete(watcher);
      if (!this.isWatched) this.rest();
    };
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    void (this.looking ?? Promise.resolve()).then(async () => {
      if (this.isWatched) return;
      this.forget();
      await this.close();
    });
  }

  private lookIn(ms: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.looking = this.look()
        .catch((error: unknown) => {
          this.failed(error);
          return LOOK_AGAIN_MS;
        })
        .then((nextMs) => {
          this.looking = undefined;
          this.firstLook();
          if (this.isWatched) this.lookIn(nextMs);
        });
    }, ms);
  }

  /** Returns after how many ms the next look is due. */
  private async look(): Promise<number> {
    try {
      if (!this.open && !(await this.begin())) return LOOK_AGAIN_MS;
      const { open } = this;
      if (!open) return LOOK_AGAIN_MS;
      const grew = await this.readOn(open);
      if (!grew && !(await isStillNamed(open.segment))) await this.follow(open);
      return LOOK_EVERY_MS;
    } catch (error) {
      if (error instanceof BoxError) await this.readAgain();
      else if (isNoFile(error)) await this.close();
      else throw error;
      return LOOK_AGAIN_MS;
    }
  }

  /** Finds what is being written, and begins with its newest key frame. */
  private async begin(): Promise<boolean> {
    const newest = await this.newestOpen(this.clock.nowMs());
    if (!newest) return false;
    const found = await readIndexed(newest);
    if (!found || found.segment.endMs !== undefined) return false;
    const { fragments, endOffset } = found.index;
    const key = fragments.findLast((fragment) => fragment.key);
    await this.openAt(found.segment, found.index.init, key?.offset ?? endOffset);
    return true;
  }

  private async newestOpen(aboutMs: number): Promise<Segment | undefined> {
    const near = await listSegments(this.recordingsDir, this.track, aboutMs - DAY_MS);
    return near.findLast(({ endMs }) => endMs === undefined);
  }

  private async openAt(wanted: Segment, init: InitSegment, offset: number): Promise<void> {
    const { file, segment } = await openSegment(wanted);
    await this.close();
    this.open = { file, segment, init, ...startingAt(offset) };
    this.forgetGroup();
    this.tellSetUp(this.open);
  }

  private tellSetUp({ init, segment }: OpenFile): void {
    const { width, height } = init.video;
    this.setUp = { init: init.bytes, codecs: codecsOf(init), width, height, zeroMs: segment.startMs };
    for (const watcher of this.watchers) watcher.setUp(this.setUp);
  }

  private async readOn(open: OpenFile): Promise<boolean> {
    const { size } = await open.file.stat();
    // A disk that refuses in the middle of a fragment has it cut off again.
    if (size < open.readBytes) throw new BoxError(`${open.segment.fileName} became shorter`);
    const grew = size > open.readBytes;
    while (open.readBytes < size) {
      const wanted = Math.min(CHUNK_BYTES, size - open.readBytes);
      const { bytesRead, buffer } = await open.file.read(Buffer.allocUnsafe(wanted), 0, wanted, open.readBytes);
      if (bytesRead === 0) break;
      open.readBytes += bytesRead;
      for (const { type, bytes } of open.boxes.push(buffer.subarray(0, bytesRead))) this.take(open, type, bytes);
    }
    return grew;
  }

  private take(open: OpenFile, type: string, bytes: Buffer): void {
    open.boxEndBytes += bytes.length;
    if (type === 'moof') open.moof = bytes;
    if (type !== 'mdat' || !open.moof) return;
    const { moof } = open;
    delete open.moof;
    open.wholeBytes = open.boxEndBytes;
    const box = readBoxHeader(moof, 0);
    const tracks = box ? parseFragmentHeader(moof, box, open.init) : [];
    const video = tracks.find(({ track }) => track.id === open.init.video.id);
    if (!video) return; // only sound: it belongs to no picture
    const { timescale } = video.track;
    this.keep({
      bytes: Buffer.concat([moof, bytes]),
      sinceZeroMs: (video.baseDecodeTime / timescale) * 1000,
      durationMs: (video.durationTicks / timescale) * 1000,
      key: video.startsWithKey,
    });
  }

  private keep(fragment: KeptFragment): void {
    if (fragment.key) this.forgetGroup();
    const isWhole = fragment.key || this.kept.length > 0;
    this.keptBytes += fragment.bytes.length;
    if (isWhole && this.keptBytes <= MOST_KEPT_BYTES) this.kept.push(fragment);
    else this.kept = [];
    const dated = this.dated(fragment);
    this.newestEndMs = dated.startMs + dated.durationMs;
    for (const watcher of this.watchers) watcher.fragment(dated);
  }

  private dated({ sinceZeroMs, ...fragment }: KeptFragment): LiveFragment {
    return { ...fragment, startMs: (this.setUp?.zeroMs ?? 0) + sinceZeroMs };
  }

  /** The file has another name, or is gone. It may be closed, or a young one whose start moved. */
  private async follow(open: OpenFile): Promise<void> {
    await this.readOn(open); // what was written between the last look and the end
    const next = await this.newestOpen(open.segment.startMs);
    const found = next && (await readIndexed(next));
    if (!next) await this.close();
    if (!found) return;
    const { segment, index } = found;
    if (segment.fileId !== open.segment.fileId) {
      // The next file is read from its beginning: nothing between the two is left out.
      await this.openAt(segment, index.init, index.initSizeBytes);
      return;
    }
    open.segment = { ...segment, fileId: open.segment.fileId };
    this.tellSetUp(open);
  }

  /** The bytes behind the last whole fragment were none of a fragment: they may be, once they are written again. */
  private async readAgain(): Promise<void> {
    const { open } = this;
    if (!open) return;
    if (!(await isStillNamed(open.segment))) return this.close();
    delete open.moof;
    Object.assign(open, startingAt(open.wholeBytes));
  }

  private async close(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    await open?.file.close();
  }

  private forgetGroup(): void {
    this.kept = [];
    this.keptBytes = 0;
  }

  private forget(): void {
    this.setUp = undefined;
    this.forgetGroup();
  }
}

function startingAt(offset: number): Pick<OpenFile, 'boxes' | 'readBytes' | 'boxEndBytes' | 'wholeBytes'> {
  return { boxes: new BoxSplitter(), readBytes: offset, boxEndBytes: offset, wholeBytes: offset };
}

/** Whether the recorder may still be writing it. */
async function isStillNamed({ path, fileId, endMs }: OpenFile['segment']): Promise<boolean> {
  if (endMs !== undefined) return false;
  try {
    return fileIdOf(await lstat(path)) === fileId;
  } catch (error) {
    if (isNoFile(error)) return false;
    throw error;
  }
}
