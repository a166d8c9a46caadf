/** One session with a camera through our own RTSP client, without ffmpeg: its pictures come as fragments. */
import type { Clock } from '@vr/base';
import type { RecordedStream } from '@vr/contracts';
import {
  CameraStream,
  describedParameterSets,
  H264Depacketizer,
  H265Depacketizer,
  PictureAssembler,
  RtspFault,
  type ReadingTurns,
} from '@vr/rtsp';
import type { SourceEnding, SourceRun, StreamLosses } from '../camera/camera-source';
import type { BlockPool } from '../footage/block-pool';
import type { ArrivedFragment } from '../footage/fragment-stream';
import { faultReason } from './fault-reason';
import { PictureFragments } from './picture-fragments';

/** As long as ffmpeg gets for an answer. */
const ANSWER_WITHIN_MS = 10_000;

export interface NativeRunOptions {
  pool: BlockPool;
  clock: Clock;
  /** Those of all cameras. */
  turns: ReadingTurns;
}

export class NativeRun implements SourceRun {
  readonly source = 'native';
  readonly waitsForKeyFrame = true;
  private readonly stopped: Promise<RtspFault>;
  private tellStopped: (fault: RtspFault) => void = () => undefined;
  private count: (() => StreamLosses) | undefined;
  private over: Promise<void> = Promise.resolve();
  private fault = new RtspFault('closed', 'the session did not begin');

  constructor(
    private readonly camera: RecordedStream,
    private readonly options: NativeRunOptions,
  ) {
    this.stopped = new Promise((resolve) => (this.tellStopped = resolve));
  }

  async read(take: (fragment: ArrivedFragment) => void): Promise<void> {
    const reading = this.follow(take);
    this.over = reading.catch(() => undefined);
    await reading;
  }

  async end(): Promise<void> {
    this.tellStopped(new RtspFault('closed', 'we ended the session'));
    await this.over;
  }

  async ending(): Promise<SourceEnding> {
    await this.over;
    return { lastWords: this.fault.message, crashed: false, reason: faultReason(this.fault) };
  }

  get losses(): StreamLosses | undefined {
    return this.count?.();
  }

  private async follow(take: (fragment: ArrivedFragment) => void): Promise<void> {
    const { url, transport } = this.camera;
    const { clock, turns } = this.options;
    const nowMs = (): number => clock.nowMs();
    const opening = CameraStream.open(url, { timeoutMs: ANSWER_WITHIN_MS, transport, audio: false, nowMs, turns });
    try {
      const stream = await Promise.race([opening, this.stopped.then((fault) => Promise.reject(fault))]);
      await this.record(stream, take);
    } catch (error) {
      // A camera that answers after all finds nobody.
      void opening.then(
        (stream) => stream.end(),
        () => undefined,
      );
      if (!(error instanceof RtspFault)) throw error;
      this.fault = error;
    }
  }

  /** Throws what `take` throws. Everything else that ends the stream is its fault. */
  private async record(stream: CameraStream, take: (fragment: ArrivedFragment) => void): Promise<void> {
    const codec = stream.video.encoding === 'h264' ? 'h264' : 'hevc';
    const refusal: { error?: Error } = {};
    const fragments = new PictureFragments(codec, this.options.pool, (fragment) => {
      try {
        take(fragment);
      } catch (error) {
        refusal.error = error instanceof Error ? error : new Error(String(error));
        throw error;
      }
    });
    fragments.setParameterSets(describedParameterSets(stream.video));
    const kind = codec === 'h264' ? 'h264' : 'h265';
    const assembler = new PictureAssembler(kind, fragments.memory, (picture) => fragments.picture(picture));
    const depacketizer = kind === 'h264' ? new H264Depacketizer(assembler) : new H265Depacketizer(assembler);
    // A session may begin within a picture. What is lost before the first whole one was never there for us.
    const missing = (): StreamLosses => ({
      packets: stream.counts?.video.lost ?? 0,
      pictures: assembler.counts.damaged,
    });
    let first: StreamLosses | undefined;
    this.count = () => {
      first ??= missing();
      const now = missing();
      return { packets: now.packets - first.packets, pictures: now.pictures - first.pictures };
    };
    try {
      await Promise.race([
        stream.start({
          video: {
            packet: (packet, arrivalMs, lost) => depacketizer.packet(packet, arrivalMs, lost),
            report: () => undefined,
            restarted: () => {
              throw new RtspFault('closed', 'the camera began its stream anew');
            },
            goodbye: () => undefined,
          },
        }),
        this.stopped,
      ]);
      this.fault = await Promise.race([stream.ended, this.stopped]);
      await stream.end();
      if (refusal.error === undefined && this.fault.kind === 'closed') {
        assembler.finish();
        fragments.finish();
      }
    } finally {
      fragments.memory.release();
    }
    if (refusal.error !== undefined) throw refusal.error;
  }
}
