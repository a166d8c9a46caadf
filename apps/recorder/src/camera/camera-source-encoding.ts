import type { SourceProcess } from './camera-source';

export interface EncodingAttempt {
  process: SourceProcess;
  /** To be told when the process ended by itself. True: its encoder failed, and the next attempt takes another. */
  failed: (lastWords: string, broughtPictures: boolean) => boolean;
}

/**
 * A camera's encoding ffmpeg. Where its encoder fails before the first byte, the next one takes its place at once, and whoever reads sees
 * one process. Where it fails later the process ends, because footage goes on with another init segment: the next one is the next run's.
 */
export class EncodingProcess implements SourceProcess {
  readonly stdout: AsyncIterable<Buffer>;
  private attempt: Promise<EncodingAttempt>;
  private isEnded = false;

  constructor(
    first: EncodingAttempt,
    private readonly open: () => Promise<EncodingAttempt>,
  ) {
    this.attempt = Promise.resolve(first);
    this.stdout = this.bring();
  }

  async end(): Promise<void> {
    this.isEnded = true;
    // An attempt that could not begin has nothing to end; whoever reads stdout gets its error.
    const attempt = await this.attempt.catch(() => undefined);
    await attempt?.process.end();
  }

  async lastWords(): Promise<string> {
    return (await this.attempt).process.lastWords();
  }

  private async *bring(): AsyncGenerator<Buffer, void, undefined> {
    while (true) {
      const { process, failed } = await this.attempt;
      let brought = false;
      for await (const chunk of process.stdout) {
        brought = true;
        yield chunk;
      }
      const words = await process.lastWords();
      if (this.hasEnded() || !failed(words, brought) || brought) return;
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
