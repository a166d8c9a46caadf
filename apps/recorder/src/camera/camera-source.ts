/** Where a camera's stream comes from, as the recording sees it: a process that can be ended. The adapter is libs/media. */
import type { CameraConfig } from '@vr/contracts';

export interface SourceProcess {
  readonly stdout: AsyncIterable<Buffer>;
  /** Ends it: at once where it listens, by force where it does not. Resolves when it is gone. */
  end(): Promise<void>;
  /** Its last lines on stderr, passwords masked. Whole once stdout has ended. */
  lastWords(): Promise<string>;
}

export interface CameraSource {
  open(camera: CameraConfig): Promise<SourceProcess>;
}
