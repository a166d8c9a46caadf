/** `footage ls` prints one bar and one table line for each camera, over one common time. */
import { largestOf, smallestOf } from '@vr/base';
import { summariseFootage, type CameraSummary, type SpanMs } from '@vr/footage';
import { bar } from './bar';
import type { Machine } from './machine';
import type { Request } from './usage';
import { duration, gapsByReason, gigabytes, moment, table } from './words';

export async function ls(
  cameraIds: readonly string[],
  request: Request,
  { out, width, progress }: Machine,
): Promise<number> {
  const summaries: CameraSummary[] = [];
  for (const cameraId of cameraIds) {
    progress?.(`reading ${cameraId}`);
    summaries.push(await summariseFootage(request.recordingsDir, cameraId, request.fromMs, request.toMs));
  }
  progress?.('');
  const filled = summaries.filter(({ spans }) => spans.length > 0);
  const range: SpanMs = {
    startMs: request.fromMs ?? smallestOf(filled.map(({ spans }) => spans[0]?.startMs ?? Infinity)),
    endMs: request.toMs ?? largestOf(filled.map(lastMs)),
  };
  if (request.json)
    out(
      JSON.stringify(
        {
          range: filled.length > 0 ? range : null,
          cameras: summaries.map((summary) => ({ ...summary, footageMs: footageMs(summary) })),
        },
        null,
        2,
      ),
    );
  else if (filled.length === 0)
    out(`no footage in ${request.recordingsDir}${(request.fromMs ?? request.toMs) ? ' in this time' : ''}`);
  else out(`${bars(summaries, range, width)}\n\n${rows(summaries, range, request.fromMs)}`);
  return 0;
}

function bars(summaries: readonly CameraSummary[], range: SpanMs, width: number): string {
  const label = largestOf(summaries.map(({ cameraId }) => cameraId.length)) + 2;
  const room = Math.max(20, width - label);
  const [from, to] = [moment(range.startMs), moment(range.endMs)];
  const axis = room >= from.length + to.length + 1 ? from + to.padStart(room - from.length) : from;
  return [
    `${' '.repeat(label)}${axis}`,
    ...summaries.map(({ cameraId, spans }) => `${cameraId.padEnd(label)}${bar(spans, range, room)}`),
    `${' '.repeat(label)}█ all, ▓ most, ░ some, · none; ` +
      `a character is ${duration((range.endMs - range.startMs) / room)}`,
  ].join('\n');
}

function rows(summaries: readonly CameraSummary[], range: SpanMs, fromMs: number | undefined): string {
  const heads = ['camera', 'first (UTC)', 'last (UTC)', 'hours', 'GB', 'coverage', 'gaps'];
  return table([heads, ...summaries.map((summary) => row(summary, range, fromMs))], [3, 4, 5]);
}

function row(summary: CameraSummary, range: SpanMs, fromMs = Infinity): string[] {
  const { cameraId, spans, sizeBytes, gaps } = summary;
  const [first] = spans;
  if (!first) return [cameraId, '-', '-', '0', gigabytes(sizeBytes), '0 %', '-'];
  const ms = footageMs(summary);
  // Rounded down, so that incomplete footage never says 100 %.
  const percent = Math.floor((ms / (range.endMs - range.startMs)) * 10_000) / 100;
  return [
    cameraId,
    moment(first.startMs),
    moment(lastMs(summary)),
    (ms / 3_600_000).toFixed(2),
    gigabytes(sizeBytes),
    `${Math.min(100, percent)} %`,
    // Nobody knows whether this footage expired or never was. It is no gap, but the person asked for it.
    first.startMs > fromMs ? `${gapsByReason(gaps)}; no footage before ${moment(first.startMs)}` : gapsByReason(gaps),
  ];
}

function lastMs({ spans }: CameraSummary): number {
  return spans.reduce((last, { endMs }) => Math.max(last, endMs), -Infinity);
}

/** Footage that two spans share counts once. */
function footageMs({ spans }: CameraSummary): number {
  let [sumMs, reachedMs] = [0, -Infinity];
  for (const { startMs, endMs } of spans) {
    sumMs += Math.max(0, endMs - Math.max(startMs, reachedMs));
    reachedMs = Math.max(reachedMs, endMs);
  }
  return sumMs;
}
