import { maskPasswords } from '@vr/contracts';

/** What a program said last decides; what it said over a month would fill the memory. */
const LIMIT_BYTES = 4096;

/** Keeps the end of a program's stderr. */
export class StderrTail {
  private kept = Buffer.alloc(0);

  add(chunk: Buffer): void {
    const all = Buffer.concat([this.kept, chunk]);
    this.kept = all.length > LIMIT_BYTES ? all.subarray(all.length - LIMIT_BYTES) : all;
  }

  /** Whole lines where there is more than one, because the cut may have gone through the middle of a URL that needs masking. */
  text(): string {
    const text = this.kept.toString('utf8');
    const lineEnd = this.kept.length === LIMIT_BYTES ? text.indexOf('\n') : -1;
    return maskPasswords(text.slice(lineEnd + 1).trim());
  }
}
