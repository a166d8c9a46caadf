import { maskSecrets } from '@vr/base';

/** A program's last words matter. All its words of a month would fill the memory. */
const LIMIT_BYTES = 4096;
/** This much before the limit is kept as well, so that a secret that the limit cuts through is masked whole. */
const CONTEXT_BYTES = 4096;

/** Keeps the end of a program's stderr. */
export class StderrTail {
  private kept = Buffer.alloc(0);

  add(chunk: Buffer): void {
    const all = Buffer.concat([this.kept, chunk]);
    this.kept = all.subarray(Math.max(0, all.length - LIMIT_BYTES - CONTEXT_BYTES));
  }

  /** Secrets are masked. Where there are several lines, it begins at the beginning of one. */
  text(): string {
    const text = this.kept.toString('utf8');
    const from = Math.max(0, text.length - LIMIT_BYTES);
    const lineEnd = from > 0 ? text.indexOf('\n', from) : -1;
    return maskSecrets(text, { from: lineEnd >= 0 ? lineEnd + 1 : from }).trim();
  }
}
