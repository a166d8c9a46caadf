/**
 * One video element fed by hand. It speaks in instants of the wall clock: the media time of an element counts from a
 * zero that lies before all footage, so that all pictures of a page have the same axis.
 */
import type { Span } from './recorded-runs';

/** Longer than footage is kept. Browsers count in microseconds, so it may be long. */
const REACH_SECONDS = 800 * 86_400;

declare global {
  interface Window {
    /** iPhones have this one instead of MediaSource. */
    ManagedMediaSource?: typeof MediaSource;
  }
}

function sourceClass(): typeof MediaSource | undefined {
  return typeof MediaSource === 'undefined' ? window.ManagedMediaSource : MediaSource;
}

export function canPlay(mimeType: string): boolean {
  return sourceClass()?.isTypeSupported(mimeType) ?? false;
}

export interface Part {
  mimeType: string;
  /** What the init segment and zero belong to: a file, or a stretch of live. */
  file: string;
  init: Uint8Array<ArrayBuffer>;
  /** Zero of the media time of the bytes. */
  zeroMs: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export class MediaPicture {
  /** The instant of the picture that is on the screen. */
  shownMs: number | undefined;
  private readonly source: MediaSource;
  private readonly opened: Promise<void>;
  private readonly address: string;
  private buffer: SourceBuffer | undefined;
  private mimeType = '';
  private file: string | undefined;
  private work: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(
    readonly video: HTMLVideoElement,
    private readonly zeroMs: number,
  ) {
    const Source = sourceClass();
    if (Source === undefined) throw new Error('this browser has no MediaSource');
    this.source = new Source();
    this.address = URL.createObjectURL(this.source);
    this.opened = new Promise((settle) => this.source.addEventListener('sourceopen', () => settle(), { once: true }));
    video.disableRemotePlayback = true; // else iPhones do not open a managed source
    video.src = this.address;
    this.watchPictures();
  }

  get playheadMs(): number {
    return this.zeroMs + this.video.currentTime * 1000;
  }

  get buffered(): Span[] {
    const ranges = this.buffer?.buffered;
    return Array.from({ length: ranges?.length ?? 0 }, (_, index) => ({
      startMs: this.zeroMs + (ranges?.start(index) ?? 0) * 1000,
      endMs: this.zeroMs + (ranges?.end(index) ?? 0) * 1000,
    }));
  }

  /** @throws QuotaExceededError where the browser's buffer is full */
  append(part: Part): Promise<void> {
    return this.inTurn(async () => {
      const buffer = await this.bufferFor(part.mimeType);
      if (part.file !== this.file) {
        this.file = undefined; // a failure in between leaves it unknown
        if (part.mimeType !== this.mimeType) buffer.changeType(part.mimeType);
        this.mimeType = part.mimeType;
        buffer.timestampOffset = (part.zeroMs - this.zeroMs) / 1000;
        await this.updated(buffer, () => buffer.appendBuffer(part.init));
        this.file = part.file;
      }
      await this.updated(buffer, () => buffer.appendBuffer(part.bytes));
    });
  }

  remove({ startMs, endMs }: Span): Promise<void> {
    return this.inTurn(async () => {
      const buffer = this.buffer;
      if (buffer === undefined) return;
      const [from, to] = [Math.max(0, startMs - this.zeroMs) / 1000, (endMs - this.zeroMs) / 1000];
      await this.updated(buffer, () => buffer.remove(from, to));
    });
  }

  /** Half a millisecond more than asked: rounding must not show the picture before. */
  seek(atMs: number): void {
    this.video.currentTime = (atMs - this.zeroMs + 0.5) / 1000;
  }

  close(): void {
    this.isClosed = true;
    this.video.removeAttribute('src');
    this.video.load();
    URL.revokeObjectURL(this.address);
  }

  private async bufferFor(mimeType: string): Promise<SourceBuffer> {
    await this.opened;
    if (this.buffer === undefined) {
      this.source.duration = REACH_SECONDS; // else no seek leads to where nothing is buffered yet
      this.buffer = this.source.addSourceBuffer(mimeType);
      this.mimeType = mimeType;
    }
    return this.buffer;
  }

  private updated(buffer: SourceBuffer, change: () => void): Promise<void> {
    return new Promise((settle, fail) => {
      const done = (): void => {
        buffer.removeEventListener('updateend', done);
        buffer.removeEventListener('error', failed);
        settle();
      };
      const failed = (): void => {
        buffer.removeEventListener('updateend', done);
        fail(new Error(this.video.error?.message ?? 'the browser cannot read this footage'));
      };
      buffer.addEventListener('updateend', done);
      buffer.addEventListener('error', failed, { once: true });
      change();
    });
  }

  /** A source buffer takes one change at a time. */
  private inTurn(change: () => Promise<void>): Promise<void> {
    const mine = this.work.then(() => (this.isClosed ? undefined : change()));
    this.work = mine.catch(() => undefined);
    return mine;
  }

  private watchPictures(): void {
    const shown = (_: number, { mediaTime }: { mediaTime: number }): void => {
      this.shownMs = this.zeroMs + mediaTime * 1000;
      this.video.dataset['shownMs'] = String(Math.round(this.shownMs));
      if (!this.isClosed) this.video.requestVideoFrameCallback(shown);
    };
    // Firefox has it since 132. Without it only the frame step is coarser.
    if ('requestVideoFrameCallback' in this.video) this.video.requestVideoFrameCallback(shown);
  }
}
