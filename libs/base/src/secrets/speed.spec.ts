import { hostileSecrets, hostileTexts } from '@vr/testing';
import { MOST_SHOWN, Secrets } from './secrets';

const MEGABYTE = 1_000_000;
/** Other programs of the machine may spoil any one run, but not the best of them. */
const MOST_RUNS = 60;
/** Repeats the work often enough to measure it, however small the text is. */
const TIMES = 8;
/** One masking of 1 MB may take this long on any machine: ten times what it took on two shared cores. */
const MOST_MS = 20;

/** How much processor time the work needs: the least of several runs. They stop once one is good enough. */
function neededMs(work: () => unknown, enoughMs = 0, runs = MOST_RUNS): number {
  let least = Infinity;
  for (let run = 0; run < runs && (run < 3 || least >= enoughMs); run++) {
    const before = process.cpuUsage();
    for (let i = 0; i < TIMES; i++) work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** The measure is the time that it takes to look at each character of the text once. */
function look(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return sum;
}

describe('masking, with 100 secrets, a hostile text that is made of', () => {
  const secrets = new Secrets();
  const values = hostileSecrets({ count: 100, seed: 7 }).map(({ value }) => value);
  for (const value of [...values, 'a'.repeat(200)]) secrets.add(value);

  it.each(hostileTexts(values, MEGABYTE))(
    '$name: 1 MB costs no more than to look at it twice, and under 20 ms',
    ({ text }) => {
      const lookMs = neededMs(() => look(text), 0, 3);
      const maskMs = neededMs(() => secrets.mask(text), 2 * lookMs);
      expect(maskMs).toBeLessThan(2 * lookMs);
      expect(maskMs / TIMES).toBeLessThan(MOST_MS);
    },
  );

  // A quadratic masking would take 16 times as long.
  it.each(hostileTexts(values, MOST_SHOWN))(
    '$name: 4 times as long a text takes less than 8 times as long',
    ({ text }) => {
      const quarter = text.slice(0, text.length / 4);
      const quarterMs = neededMs(() => secrets.mask(quarter), 0, 10);
      expect(neededMs(() => secrets.mask(text), 8 * quarterMs)).toBeLessThan(8 * quarterMs);
    },
  );
});
