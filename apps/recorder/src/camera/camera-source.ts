/**
 * Where a camera's stream comes from, as the recording sees it: a process that can be ended. The adapter is libs/media.
 */
import type { CameraConfig } from '@vr/contracts';

export interface SourceProcess {
  /** It says nothing before the first key frame: in its beginning silence is no stall. */
  readonly waitsForKeyFrame: boolean;
  /**
   * Hands over the stream as it comes; a chunk is valid during the call only. Resolves at the stream's end; a fault of
   * `take` ends it.
   */
  read(take: (chunk: Buffer) => void): Promise<void>;
  /** Ends it: at once where it listens, by force where it does not. Resolves when it is gone. */
  end(): Promise<void>;
  /** Resolves when it is gone. */
  ending(): Promise<SourceEnding>;
}

export interface SourceEnding {
  /** Its last lines on stderr, passwords masked. */
  lastWords: string;
  /** Killed by a signal that was not ours. */
  crashed: boolean;
  /** The picture was to be encoded, and that is what failed. */
  encoderFailed?: boolean;
}

export interface CameraSource {
  open(camera: CameraConfig): Promise<SourceProcess>;
  /** Whether anything listens at the camera's address. Never rejects. */
  answers(camera: CameraConfig): Promise<boolean>;
}
