/** Where a camera's stream comes from, as the recording sees it: a process that can be ended. The adapter is libs/media. */
import type { CameraConfig } from '@vr/contracts';

export interface SourceProcess {
  /** Hands over the stream as it comes; a chunk is valid during the call only. Resolves at the stream's end; a fault of `take` ends it. */
  read(take: (chunk: Buffer) => void): Promise<void>;
  /** Ends it: at once where it listens, by force where it does not. Resolves when it is gone. */
  end(): Promise<void>;
  /** Its last lines on stderr, passwords masked, and whether it was killed by something else than us. Resolves when it is gone. */
  ending(): Promise<{ lastWords: string; crashed: boolean }>;
}

export interface CameraSource {
  open(camera: CameraConfig): Promise<SourceProcess>;
  /** Whether anything listens at the camera's address. Never rejects. */
  answers(camera: CameraConfig): Promise<boolean>;
}
