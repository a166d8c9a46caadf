/** What the address of the timeline holds, so that it can be sent to somebody. Seconds since the epoch. */
import type { Span } from '../../player/recorded-runs';

export interface TimelineAddress {
  cam?: string;
  at?: number;
  from?: number;
  to?: number;
  rate?: number;
  /** Paused: the address of one picture. */
  still?: 1;
  /** `START-END` */
  sel?: string;
}

const LEAST_VIEW_SECONDS = 1;
const MOST_VIEW_SECONDS = 7 * 86_400;

/** Whatever stands in an address becomes one that can be shown; what cannot be read is left out. */
export function readAddress(search: Record<string, unknown>): TimelineAddress {
  const [from, to] = [seconds(search['from']), seconds(search['to'])];
  const length = from === undefined || to === undefined ? 0 : to - from;
  const isView = length >= LEAST_VIEW_SECONDS && length <= MOST_VIEW_SECONDS;
  const rate = number(search['rate']);
  const sel = typeof search['sel'] === 'string' && readSelection(search['sel']) ? search['sel'] : undefined;
  return {
    cam: typeof search['cam'] === 'string' || typeof search['cam'] === 'number' ? String(search['cam']) : undefined,
    at: seconds(search['at']),
    ...(isView && { from, to }),
    rate: rate !== undefined && rate >= 0.25 && rate <= 300 && rate !== 1 ? rate : undefined,
    still: number(search['still']) === 1 ? 1 : undefined,
    sel,
  };
}

export function readSelection(text: string | undefined): Span | undefined {
  const [, start, end] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '') ?? [];
  const span = { startMs: Number(start) * 1000, endMs: Number(end) * 1000 };
  return span.endMs > span.startMs ? span : undefined;
}

export function selectionText({ startMs, endMs }: Span): string {
  return `${rounded(startMs)}-${rounded(endMs)}`;
}

/** An address needs no more than milliseconds. */
export function rounded(atMs: number): number {
  return Math.round(atMs) / 1000;
}

function number(value: unknown): number | undefined {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}

/** What a Date can be made of. */
function seconds(value: unknown): number | undefined {
  const read = number(value);
  return read !== undefined && read >= 0 && read < 8e12 / 1000 ? read : undefined;
}
