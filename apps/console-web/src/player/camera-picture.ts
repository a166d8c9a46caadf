/** One camera in the past: which stream is shown and how, what is fetched, and where the video element has to be. */
import type { FootageIndex, StreamKind } from '../api/footage';
import { GroupFetcher, type AskBytes } from './group-fetcher';
import { gapAround, type PlayableRun } from './index-runs';
import { IndexWindow } from './index-window';
import { LiveFeed, type LiveState } from './live-feed';
import { canPlay, MediaPicture } from './media-picture';
import type { Moment } from './moment';
import { runAt, type Span } from './recorded-runs';
import { keepInStep } from './sync-control';
import { wayToPlay, type WayToPlay } from './way-to-play';

export type GapReason = FootageIndex['gaps'][number]['reason'];

/** What a page says of a picture. */
export type PictureState =
  | { kind: 'waiting' }
  | { kind: 'gap'; startMs?: number; endMs?: number; reason?: GapReason }
  | { kind: 'stills' | 'download' | 'live'; atMs: number }
  | LiveState;

export interface PictureSource {
  index(
    o: { cameraId: string; stream: StreamKind; startMs: number; endMs: number; everySeconds: number },
    signal: AbortSignal,
  ): Promise<FootageIndex>;
  bytes: AskBytes;
}

export interface PictureOptions {
  cameraId: string;
  video: HTMLVideoElement;
  hasSub: boolean;
  /** One of many on a wall. */
  isSmall: boolean;
  zeroMs: number;
  nowMs: () => number;
  onChange: (state: PictureState) => void;
  /** Something that was waited for is there: tick at once. */
  onNews: () => void;
}

/** Above this rate only key frames are shown. */
const FASTEST_PLAY = 2;
const STILLS_APART_MS = 1000;
/** A pause must show the very instant. */
const SAME_MS = 2;
/** B-frames make the first picture of a file late by some frames. */
const LATE_FIRST_MS = 300;
/** After a jump, what is nearer than this is the same place: rates bring it in step. */
const AWAY_MS = 100;
/** Of two files that follow each other. */
const SEAM_MS = 200;
const ENDING_MS = 1000;
const CAN_SHOW = 2;
const CAN_GO_ON = 3;

export class CameraPicture {
  state: PictureState = { kind: 'waiting' };
  private readonly windows: IndexWindow[];
  private media: MediaPicture | undefined;
  private fetcher: GroupFetcher | undefined;
  private way: WayToPlay | undefined;
  private stillAtMs = -Infinity;
  private hasJumped = true;
  private feed: LiveFeed | undefined;

  constructor(
    private readonly o: PictureOptions,
    private readonly source: PictureSource,
  ) {
    const streams: StreamKind[] = o.hasSub ? ['main', 'sub'] : ['main'];
    const { cameraId, nowMs } = o;
    this.windows = streams.map(
      (stream) => new IndexWindow(stream, (asked, signal) => source.index({ cameraId, ...asked }, signal), nowMs),
    );
  }

  get cameraId(): string {
    return this.o.cameraId;
  }

  /** Of the stream that is shown; of the main one until that is known. */
  get runs(): readonly PlayableRun[] {
    return this.window?.runs ?? [];
  }

  /** The instant of the picture on the screen. */
  get shownMs(): number | undefined {
    return this.media?.shownMs;
  }

  knows(atMs: number): boolean {
    return this.window?.covers(atMs) ?? false;
  }

  /** Why nothing was recorded then, as far as it is known. */
  reasonOf({ startMs, endMs }: Span): GapReason | undefined {
    return this.window?.gaps.find(({ start, end }) => start * 1000 < endMs && startMs < end * 1000)?.reason;
  }

  ask(moment: Moment): void {
    for (const window of this.windows) window.follow(moment.atMs, moment.rate, this.o.onNews);
  }

  /** The moment is another one: from now on nothing shown before it counts. */
  jumped(): void {
    this.hasJumped = true;
  }

  /** Brings the picture to the moment. Returns whether it is there: the axis waits for those that are not. */
  follow(moment: Moment): boolean {
    this.feed?.close();
    this.feed = undefined;
    const { atMs } = moment;
    const fault = this.window?.fault ?? this.fetcher?.fault;
    if (fault !== undefined) return this.say({ kind: 'fault', message: fault });
    if (!this.knows(atMs)) return this.wait();
    const run = runAt(this.runs, atMs);
    if (run === undefined) return this.sayGap(atMs);
    this.way = this.choose(atMs);
    if (this.way?.by !== 'play') return this.showStill(atMs, this.way?.by ?? 'download');
    return this.play(moment);
  }

  /** What is newest; as a picture a second until the socket brings it. */
  followLive(): void {
    const { cameraId, isSmall, nowMs, onNews } = this.o;
    this.feed ??= new LiveFeed({ cameraId, isSmall, nowMs, onNews, media: () => this.theMedia() });
    this.feed.follow();
    if (this.feed.state === undefined) this.showStill(nowMs(), 'live');
    else this.say(this.feed.state);
  }

  private theMedia(): MediaPicture {
    this.media ??= new MediaPicture(this.o.video, this.o.zeroMs);
    return this.media;
  }

  close(): void {
    this.feed?.close();
    for (const window of this.windows) window.close();
    this.fetcher?.close();
    this.media?.close();
  }

  private get window(): IndexWindow | undefined {
    return this.windows.find(({ stream }) => stream === this.way?.stream) ?? this.windows[0];
  }

  /** A stream that has no footage of the moment is not on offer. */
  private choose(atMs: number): WayToPlay | undefined {
    const offers = this.windows.flatMap(({ stream, runs }) => {
      const run = runAt(runs, atMs);
      return run ? [{ stream, codecs: [run.codecs], widthPixels: run.widthPixels }] : [];
    });
    const widthPixels = this.o.video.clientWidth * window.devicePixelRatio;
    return wayToPlay(offers, { canPlay, hasStills: true, widthPixels });
  }

  private play(moment: Moment): boolean {
    const { atMs, rate } = moment;
    const isFast = rate < 0 || rate > FASTEST_PLAY;
    const media = this.theMedia();
    this.fetcher ??= new GroupFetcher(media, this.source.bytes, this.o.nowMs);
    this.fetcher.follow(this.runs, atMs, isFast && moment.playing, this.o.onNews);
    if (moment.playing && !isFast) return this.run(media, moment) || this.isEnding(this.fetcher, atMs);
    const wantedMs = moment.playing ? (this.fetcher.keyMs ?? atMs) : atMs;
    return this.stand(media, wantedMs) || isFast;
  }

  private run(media: MediaPicture, { atMs, rate }: Moment): boolean {
    const startMs = this.bufferedFrom(media, atMs);
    if (startMs === undefined) return this.wait();
    const { video } = media;
    const aheadMs = media.playheadMs - atMs;
    const { playbackRate, jumpToMs } = keepInStep(aheadMs, startMs, rate);
    // A playhead outside of what is buffered would wait there for ever.
    const isLost = !media.buffered.some((span) => span.startMs <= media.playheadMs && media.playheadMs <= span.endMs);
    const isFar = isLost || (this.hasJumped ? Math.abs(aheadMs) > AWAY_MS : jumpToMs !== undefined && aheadMs > 0);
    const isUnderWay = video.seeking;
    if (isFar && !isUnderWay) media.seek(startMs);
    // A jump that came while the last one was under way is still to be made.
    this.hasJumped &&= isFar && isUnderWay;
    video.playbackRate = playbackRate;
    // A browser that refuses sound before a click plays without it: pictures of cameras are muted at first.
    if (video.paused) video.play().catch(() => undefined);
    if (video.seeking || video.readyState < CAN_GO_ON) return this.wait(false);
    this.say({ kind: 'playing' });
    // A machine that decodes too slowly makes the axis wait: then every picture is seen.
    return isFar || jumpToMs === undefined;
  }

  /** The last picture before a gap has no successor to wait for: the axis goes on. */
  private isEnding(fetcher: GroupFetcher, atMs: number): boolean {
    const run = runAt(this.runs, atMs);
    const next = run && runAt(this.runs, run.endMs + SEAM_MS);
    if (run === undefined || next !== undefined || run.endMs - atMs > ENDING_MS) return false;
    return fetcher.spans.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  }

  private stand(media: MediaPicture, atMs: number): boolean {
    const { video } = media;
    if (!video.paused) video.pause();
    const startMs = this.bufferedFrom(media, atMs);
    if (startMs === undefined) return this.wait(false);
    if (video.seeking) return false;
    if (Math.abs(media.playheadMs - startMs) > SAME_MS) {
      media.seek(startMs);
      return false;
    }
    return video.readyState >= CAN_SHOW ? this.say({ kind: 'playing' }) : this.wait(false);
  }

  /** Where the buffer has a picture for the instant. */
  private bufferedFrom(media: MediaPicture, atMs: number): number | undefined {
    const span = media.buffered.find(({ startMs, endMs }) => startMs - LATE_FIRST_MS <= atMs && endMs > atMs + 1);
    return span && Math.max(atMs, span.startMs);
  }

  private showStill(atMs: number, kind: 'stills' | 'download' | 'live'): boolean {
    const nowMs = this.o.nowMs();
    if (nowMs - this.stillAtMs < STILLS_APART_MS && this.state.kind === kind) return true;
    this.stillAtMs = nowMs;
    return this.say({ kind, atMs });
  }

  private sayGap(atMs: number): boolean {
    const gap = gapAround(this.runs, atMs);
    this.media?.video.pause();
    return this.say({ kind: 'gap', ...gap, reason: this.reasonOf({ startMs: atMs, endMs: atMs + 1 }) });
  }

  /** @param isNew whether nothing right is on the screen; a short wait leaves the picture as it is */
  private wait(isNew = true): false {
    this.media?.video.pause();
    if (isNew) this.say({ kind: 'waiting' });
    return false;
  }

  private say(state: PictureState): true {
    const isSame = JSON.stringify(state) === JSON.stringify(this.state);
    this.state = state;
    if (!isSame) this.o.onChange(state);
    return true;
  }
}
