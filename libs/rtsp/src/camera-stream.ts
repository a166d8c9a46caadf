/** A camera as it sends: opened by its URL, its packets and reports handed on as they come, until it ends. */
import { CameraTransport, type MediaWay } from './camera-transport';
import type { LossCounts } from './arrival-order';
import { RtspFault } from './rtsp-fault';
import { Session, type SessionOptions } from './session';
import type { MediaDescription, MediaFormat } from './session-description';
import { TrackReceiver, type TrackSink } from './track-receiver';

export interface CameraStreamOptions extends SessionOptions {
  transport: 'tcp' | 'udp';
  audio: boolean;
  /** When packets come, in ms: the caller's clock. */
  nowMs(): number;
}

export interface StreamSinks {
  video: TrackSink;
  audio?: TrackSink;
}

const VIDEO_ENCODINGS: ReadonlySet<string> = new Set(['h264', 'h265', 'hevc']);
const AUDIO_ENCODINGS = ['mpeg4-generic', 'mp4a-latm', 'opus', 'pcma', 'pcmu', 'l16'];
const isAudio = (encoding: string): boolean => AUDIO_ENCODINGS.includes(encoding) || encoding.startsWith('g726');
/** RFC 3550 asks for one in five seconds. */
const REPORT_EVERY_MS = 5000;
/** Over UDP: how often packets are looked at that wait for others. */
const RELEASE_EVERY_MS = 50;

interface Track {
  receiver: TrackReceiver;
  way: MediaWay;
  format: MediaFormat;
}

export class CameraStream {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly tracks: Track[] = [];

  private constructor(
    private readonly session: Session,
    private readonly transport: CameraTransport,
    private readonly options: CameraStreamOptions,
    readonly video: MediaFormat,
    readonly audio: MediaFormat | undefined,
    private readonly medias: readonly { media: MediaDescription; format: MediaFormat }[],
  ) {
    void session.connection.closed.then(() => this.release());
  }

  /** Connects, and learns what the camera sends. Nothing comes before `start`. Throws RtspFault. */
  static async open(url: string, options: CameraStreamOptions): Promise<CameraStream> {
    const session = await Session.describe(url, options);
    try {
      const video = chosen(session.medias, 'video', (encoding) => VIDEO_ENCODINGS.has(encoding));
      if (!video) throw new RtspFault('unsupported', `wanted H.264 or H.265, got ${offered(session.medias, 'video')}`);
      const audio = options.audio ? chosen(session.medias, 'audio', isAudio) : undefined;
      const transport = new CameraTransport(session, options.transport);
      return new CameraStream(
        session,
        transport,
        options,
        video.format,
        audio?.format,
        audio ? [video, audio] : [video],
      );
    } catch (fault) {
      await session.end();
      throw fault;
    }
  }

  /** Resolves with why it ended. */
  get ended(): Promise<RtspFault> {
    return this.session.connection.closed;
  }

  get counts(): { video: LossCounts; audio?: LossCounts } | undefined {
    const [video, audio] = this.tracks;
    return video && { video: video.receiver.counts, audio: audio?.receiver.counts };
  }

  /**
   * The camera begins to send. A fault that a sink throws ends this stream, and no other. Throws RtspFault where the
   * camera refuses; then it has ended.
   */
  async start(sinks: StreamSinks): Promise<void> {
    try {
      await this.setUpAndPlay(sinks);
    } catch (fault) {
      await this.end();
      throw fault;
    }
  }

  private async setUpAndPlay(sinks: StreamSinks): Promise<void> {
    for (const { media, format } of this.medias) {
      const sink = media.kind === 'video' ? sinks.video : sinks.audio;
      if (!sink) continue;
      const others = new Set(media.formats.filter((other) => other !== format).map(({ payloadType }) => payloadType));
      const receiver = new TrackReceiver({ format, others, window: this.transport.window }, sink);
      const way = await this.transport.setUp(media, (bytes, from, to) => this.take(receiver, bytes, from, to));
      this.tracks.push({ receiver, way, format });
    }
    this.timers.push(setInterval(() => this.report(), REPORT_EVERY_MS));
    if (this.transport.window.packets > 0) this.timers.push(setInterval(() => this.releaseWaiting(), RELEASE_EVERY_MS));
    await this.session.play();
  }

  async end(): Promise<void> {
    await this.session.end();
    this.release();
  }

  /** No closure here: it would be made anew for each packet. */
  private take(receiver: TrackReceiver, bytes: Buffer, from: number, to: number): void {
    try {
      receiver.take(bytes, from, to, this.options.nowMs());
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    const fault =
      error instanceof RtspFault ? error : new RtspFault('invalid', `a packet could not be read: ${String(error)}`);
    this.session.connection.end(fault);
  }

  private report(): void {
    const nowMs = this.options.nowMs();
    for (const { receiver, way } of this.tracks) {
      const report = receiver.receiverReport(nowMs);
      if (report) way.sendControl(report);
    }
  }

  private releaseWaiting(): void {
    const nowMs = this.options.nowMs();
    for (const { receiver } of this.tracks) {
      try {
        receiver.release(nowMs);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  private release(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    this.transport.close();
  }
}

function chosen(
  medias: readonly MediaDescription[],
  kind: string,
  fits: (encoding: string) => boolean,
): { media: MediaDescription; format: MediaFormat } | undefined {
  const found = medias.flatMap((media) => {
    const format =
      media.kind === kind && media.direction !== 'inactive'
        ? media.formats.find(({ encoding }) => fits(encoding))
        : undefined;
    return format ? [{ media, format }] : [];
  });
  // The way back to a loudspeaker says `sendonly`. A camera with one media may say it of what it sends.
  return found.find(({ media }) => media.direction !== 'sendonly') ?? found[0];
}

function offered(medias: readonly MediaDescription[], kind: string): string {
  const names = medias
    .filter((media) => media.kind === kind)
    .flatMap(({ formats }) => formats.map(({ encoding }) => encoding));
  return names.length === 0 ? `no ${kind}` : names.join(', ');
}
