// npm run bench:secrets: what it costs to mask 1 MB of hostile text by 100 and by 1,000 secrets, beside one look at
// each of its characters. A mask shows 64 K characters at most, so that a text of 1 MB comes whole only in pieces: both
// are told. Prints a Markdown table.
import './typescript.mjs';
import { cpus } from 'node:os';

const { MOST_SHOWN, Secrets } = await import('../libs/base/src/secrets/secrets.ts');
const { hostileSecrets } = await import('../libs/testing/src/hostile-secrets.ts');
const { hostileTexts } = await import('../libs/testing/src/hostile-texts.ts');
const RUNS = 15;
const MEGABYTE = 1_000_000;

/** Milliseconds of the processor: the least and the median of so many runs. */
function needed(work) {
  const runs = Array.from({ length: RUNS }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).sort((a, b) => a - b);
  return `${runs[0].toFixed(1)} (${runs[Math.floor(RUNS / 2)].toFixed(1)})`;
}

function look(text) {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return sum;
}

function knowing(values) {
  const secrets = new Secrets();
  for (const value of [...values, 'a'.repeat(200)]) secrets.add(value);
  secrets.mask('made ready');
  return secrets;
}

const values = hostileSecrets({ count: 1000, seed: 7 }).map(({ value }) => value);
const few = hostileSecrets({ count: 100, seed: 7 }).map(({ value }) => value);
const [by100, by1000] = [knowing(few), knowing(values)];
const inPieces = (secrets, text) => {
  for (let from = 0; from < text.length; from += MOST_SHOWN) secrets.mask(text.slice(from, from + MOST_SHOWN));
};

console.log(
  `${cpus()[0]?.model.trim()}, Node ${process.version}; ms of the processor for 1 MB, the least of ${RUNS} runs (their median)\n`,
);
console.log(
  '| 1 MB of | one look at each character | masked and cut | masked whole, by 100 secrets | by 1,000 |\n| --- | --- | --- | --- | --- |',
);
for (const { name, text } of hostileTexts(few, MEGABYTE)) {
  console.log(
    `| ${[name, needed(() => look(text)), needed(() => by100.mask(text)), needed(() => inPieces(by100, text)), needed(() => inPieces(by1000, text))].join(' | ')} |`,
  );
}
