/**
 * The recording sees the source of a camera's stream as a process that it can end. The adapter uses libs/media.
 */
import type { RecordedStream } from '@vr/contracts';

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
  /** The last lines on its stderr. Passwords are masked. */
  lastWords: string;
  /** A signal that was not ours killed it. */
  crashed: boolean;
  /** The process was to encode the picture, and the encoding failed. */
  encoderFailed?: boolean;
}

export interface CameraSource {
  open(camera: RecordedStream): Promise<SourceProcess>;
  /** Says whether anything listens at the camera's address. Never rejects. */
  answers(camera: RecordedStream): Promise<boolean>;
}
