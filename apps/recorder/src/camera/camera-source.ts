/**
 * The recording sees the source of a camera's stream as something that brings fragments and that it can end. Behind it
 * is an ffmpeg (libs/media), or our own RTSP client (native/).
 */
import type { GapReason, RecordedStream, SourceName } from '@vr/contracts';
import type { BlockPool } from '../footage/block-pool';
import type { ArrivedFragment } from '../footage/fragment-stream';

/** What did not come whole. */
export interface StreamLosses {
  packets: number;
  /** They had missing packets, and were left out. */
  pictures: number;
}

/** One life of a camera's stream. */
export interface SourceRun {
  readonly source: SourceName;
  /** In this run so far. Absent: the source does not say. */
  readonly losses?: StreamLosses | undefined;
  /** It says nothing before the first key frame, so silence at its beginning is no stall. */
  readonly waitsForKeyFrame: boolean;
  /** Hands over fragments as they come. It resolves at the stream's end. An error of `take` ends it. */
  read(take: (fragment: ArrivedFragment) => void): Promise<void>;
  /** Ends the run. It resolves when nothing of it is left. */
  end(): Promise<void>;
  /** Resolves when the run is over. */
  ending(): Promise<SourceEnding>;
}

/** An ffmpeg, which brings MP4. */
export interface SourceProcess {
  /** It says nothing before the first key frame, so silence at its beginning is no stall. */
  readonly waitsForKeyFrame: boolean;
  /**
   * Hands over the stream as it comes. A chunk is valid during the call only. It resolves at the stream's end. An error
   * of `take` ends it.
   */
  read(take: (chunk: Buffer) => void): Promise<void>;
  /** Asks the process to end, and ends it by force if it does not listen. It resolves when the process is gone. */
  end(): Promise<void>;
  /** Resolves when the process is gone. */
  ending(): Promise<SourceEnding>;
}

export interface SourceEnding {
  /** The last lines on its stderr, or the fault that ended it. Passwords are masked. */
  lastWords: string;
  /** A signal that was not ours killed it. */
  crashed: boolean;
  /** The process was to encode the picture, and the encoding failed. */
  encoderFailed?: boolean;
  /** The source itself knows why it ended. Without it the last words say it. */
  reason?: GapReason;
}

export interface CameraSource {
  /** The memory of fragments comes from the pool. */
  open(camera: RecordedStream, pool: BlockPool): Promise<SourceRun>;
  /** Call it when a run ended. It answers a sentence, if the camera is read in another way from now on. */
  ended(camera: RecordedStream, reason: GapReason): string | undefined;
  /** Says whether anything listens at the camera's address. Never rejects. */
  answers(camera: RecordedStream): Promise<boolean>;
}
