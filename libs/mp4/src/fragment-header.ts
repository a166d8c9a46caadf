/** Sums up a fragment's `moof`: which samples it holds and when. It can also move the fragment in time. */
import { BoxError, findBox, type Box } from './boxes';
import type { InitSegment, Track } from './init-segment';
import { NON_SYNC, parseMoof, type SampleRun, type TrackHeader } from './moof';

export interface TrackFragment {
  track: Track;
  /** `tfdt`: decode time of the first sample, in the track's ticks. */
  baseDecodeTime: number;
  durationTicks: number;
  sampleCount: number;
  /** Whether the first sample is a sync sample, so that decoding can begin there. */
  startsWithKey: boolean;
  /**
   * From the first sample's decoding to its showing. An encoder with B-frames holds pictures back; without them it is
   * 0.
   */
  firstCompositionTicks: number;
  /** The longest sample, in ticks. One far above its neighbours tells of a torn time line. */
  longestSampleTicks: number;
  /** How many samples have one tick or none. ffmpeg gives them to pictures whose stamps go back or stand still. */
  momentarySamples: number;
  /**
   * Place of the first sample's first byte in the buffer that the moof was read from (`default-base-is-moof`, 8.8.7.1).
   */
  firstSampleOffset: number;
  /** `durationOffset`: place of its duration in the buffer. Absent where it has the default duration. */
  lastSample: { ticks: number; durationOffset?: number };
  tfdt: { offset: number; version: number };
  runs: readonly SampleRun[];
  /** For samples whose run has no durations. `at`: its place in the buffer, absent where the init segment has it. */
  defaultDuration: { ticks: number; at?: number };
}

/** Reads the moof of a whole fragment. Throws BoxError where it has none, or a damaged one. */
export function fragmentHeader(fragment: Buffer, init: InitSegment): TrackFragment[] {
  const moof = findBox(fragment, { payload: 0, end: fragment.length }, 'moof');
  if (!moof) throw new BoxError('a fragment without moof');
  return parseFragmentHeader(fragment, moof, init);
}

/** Reads a moof in the buffer. Throws BoxError where it is damaged. */
export function parseFragmentHeader(buffer: Buffer, moof: Box, init: InitSegment): TrackFragment[] {
  return parseMoof(buffer, moof, init).map((header) => sumUp(buffer, moof.start, header));
}

function sumUp(buffer: Buffer, moofStart: number, header: TrackHeader): TrackFragment {
  const { track, tfdtAt, tfdtVersion, baseDecodeTime, defaultDuration, runs } = header;
  const first = runs.find(({ count }) => count > 0);
  const sampleFlags = first?.flagsAt === undefined ? first?.firstFlags : buffer.readUInt32BE(first.flagsAt);
  const fragment: TrackFragment = {
    track,
    baseDecodeTime,
    durationTicks: 0,
    sampleCount: 0,
    startsWithKey: sampleFlags !== undefined && (sampleFlags & NON_SYNC) === 0,
    // It is signed from version 1 on. In our footage version 0 holds no value above 2^31.
    firstCompositionTicks: first?.compositionAt === undefined ? 0 : buffer.readInt32BE(first.compositionAt),
    longestSampleTicks: 0,
    momentarySamples: 0,
    firstSampleOffset: moofStart + (first?.dataOffset ?? 0),
    lastSample: { ticks: 0 },
    tfdt: { offset: tfdtAt, version: tfdtVersion },
    runs,
    defaultDuration,
  };
  for (const run of runs) addRun(buffer, run, fragment);
  return fragment;
}

function addRun(buffer: Buffer, { count, sampleBytes, durationAt }: SampleRun, fragment: TrackFragment): void {
  let ticks = fragment.defaultDuration.ticks;
  let at = durationAt;
  for (let i = 0; i < count; i++) {
    if (durationAt !== undefined) ticks = buffer.readUInt32BE((at = durationAt + i * sampleBytes));
    fragment.durationTicks += ticks;
    if (ticks <= 1) fragment.momentarySamples++;
    if (ticks > fragment.longestSampleTicks) fragment.longestSampleTicks = ticks;
  }
  if (count > 0) fragment.lastSample = at === undefined ? { ticks } : { ticks, durationOffset: at };
  fragment.sampleCount += count;
}

/** Moves a track fragment in time, in place. `tfdt` has no negative times; they become 0. */
export function writeBaseDecodeTime(buffer: Buffer, fragment: TrackFragment, ticks: number): void {
  const value = Math.max(0, Math.round(ticks));
  if (fragment.tfdt.version === 1) buffer.writeBigUInt64BE(BigInt(value), fragment.tfdt.offset);
  else buffer.writeUInt32BE(value, fragment.tfdt.offset);
}
