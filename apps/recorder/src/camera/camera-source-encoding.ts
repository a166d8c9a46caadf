import { blamesEncoder } from '@vr/media';
import type { SourceEnding, SourceProcess } from './camera-source';

export interface EncodingAttempt {
  process: SourceProcess;
  /** To be told when the process ended by itself. True: its encoder failed, and the next attempt takes another. */
  failed: (lastWords: string, broughtPictures: boolean) => boolean;
}

/**
 * A camera's encoding ffmpeg. Where its encoder fails before the first byte, the next one takes its place at once, and
 * whoever reads sees one process. Where it fails later the process ends, because footage goes on with another init
 * segment: the next one is the next run's.
 */
export class EncodingProcess implements SourceProcess {
  readonly waitsForKeyFrame = true; // its decoder does
  private attempt: Promise<EncodingAttempt>;
  private isEnded = false;

  constructor(
    first: EncodingAttempt,
    private readonly open: () => Promise<EncodingAttempt>,
  ) {
    this.attempt = Promise.resolve(first);
  }

  async end(): Promise<void> {
    this.isEnded = true;
    // An attempt that could not begin has nothing to end; whoever reads gets its error.
    const attempt = await this.attempt.catch(() => undefined);
    await attempt?.process.end();
  }

  async ending(): Promise<SourceEnding> {
    const ending = await (await this.attempt).process.ending();
    return { ...ending, encoderFailed: blamesEncoder(ending.lastWords) };
  }

  async read(take: (chunk: Buffer) => void): Promise<void> {
    while (true) {
      const { process, failed } = await this.attempt;
      const seen = { bytes: 0 };
      await process.read((chunk) => {
        seen.bytes += chunk.length;
        take(chunk);
      });
      const { lastWords } = await process.ending();
      const brought = seen.bytes > 0;
      if (this.hasEnded() || !failed(lastWords, brought) || brought) return;
      this.attempt = this.open();
      const next = await this.attempt;
      if (this.hasEnded()) await next.process.end();
    }
  }

  /** A method, because `end` may be called during any await. */
  private hasEnded(): boolean {
    return this.isEnded;
  }
}
