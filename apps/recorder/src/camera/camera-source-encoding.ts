import { blamesEncoder } from '@vr/media';
import type { SourceEnding, SourceProcess } from './camera-source';

export interface EncodingAttempt {
  process: SourceProcess;
  /** Call it when the process ended by itself. It gives true if its encoder failed; the next attempt takes another. */
  failed: (lastWords: string, broughtPictures: boolean) => boolean;
}

/**
 * An ffmpeg that encodes a camera. If its encoder fails before the first byte, the next encoder takes its place at
 * once, and the reader sees one process. If it fails later, the process ends, because the next encoder has another
 * init segment. The next run then takes that encoder.
 */
export class EncodingProcess implements SourceProcess {
  readonly waitsForKeyFrame = true; // its decoder waits for one
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
    // An attempt that could not begin has nothing to end. The reader gets its error.
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

  /** It is a method because somebody may call `end` during any await. */
  private hasEnded(): boolean {
    return this.isEnded;
  }
}
