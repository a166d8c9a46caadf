// What masking costs: 1 MB of hostile text by 100 and by 1,000 secrets, beside one look at each of its characters.
// A mask shows 64 K characters at most, so a text of 1 MB comes whole only in pieces: the table has both.
import { cpus } from 'node:os';
import { hostileSecrets, hostileTexts } from '@vr/testing';
import { MOST_SHOWN, Secrets } from '../../libs/base/src/secrets/secrets';

const RUNS = 15;
const MEGABYTE = 1_000_000;

export function benchSecrets(): void {
  const values = hostileSecrets({ count: 1000, seed: 7 }).map(({ value }) => value);
  const few = hostileSecrets({ count: 100, seed: 7 }).map(({ value }) => value);
  const [by100, by1000] = [knowing(few), knowing(values)];
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  console.log(`${processor}, Node ${process.version}`);
  console.log(`ms of the processor for 1 MB, the least of ${RUNS} runs (their median)\n`);
  console.log('| 1 MB of | one look at each character | masked and cut | masked whole, by 100 secrets | by 1,000 |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const { name, text } of hostileTexts(few, MEGABYTE)) {
    const cells = [
      name,
      needed(() => look(text)),
      needed(() => by100.mask(text)),
      needed(() => maskInPieces(by100, text)),
      needed(() => maskInPieces(by1000, text)),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** Milliseconds of the processor: the least and the median of so many runs. */
function needed(work: () => unknown): string {
  const runs = Array.from({ length: RUNS }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).sort((a, b) => a - b);
  const [least = NaN, median = NaN] = [runs[0], runs[Math.floor(RUNS / 2)]];
  return `${least.toFixed(1)} (${median.toFixed(1)})`;
}

function look(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return sum;
}

function knowing(values: readonly string[]): Secrets {
  const secrets = new Secrets();
  for (const value of [...values, 'a'.repeat(200)]) secrets.add(value);
  secrets.mask('made ready');
  return secrets;
}

function maskInPieces(secrets: Secrets, text: string): void {
  for (let from = 0; from < text.length; from += MOST_SHOWN) secrets.mask(text.slice(from, from + MOST_SHOWN));
}
