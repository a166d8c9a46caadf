/**
 * The `moof` of a fragment (14496-12, 8.8.4 to 8.8.12): which samples it holds and when, and how to move it in time.
 */
import { BoxError, boxesIn, findBox, readingBoxes, versionAndFlags, type Box } from './boxes';
import type { InitSegment, Track } from './init-segment';

export interface TrackFragment {
  track: Track;
  /** `tfdt`: decode time of the first sample, in the track's ticks. */
  baseDecodeTime: number;
  durationTicks: number;
  sampleCount: number;
  /** Whether the first sample is a sync sample: decoding can begin there. */
  startsWithKey: boolean;
  /** From the first sample's decoding to its showing: what an encoder with B-frames holds back, 0 without. */
  firstCompositionTicks: number;
  /** The longest sample, in ticks: far above its neighbours, it tells of a time line that was torn. */
  longestSampleTicks: number;
  /** Samples of one tick or none: ffmpeg gives them to pictures whose time stamps go back or stand still. */
  momentarySamples: number;
  /** Of the first sample's first byte, in the buffer that the moof was read from (`default-base-is-moof`, 8.8.7.1). */
  firstSampleOffset: number;
  /** `durationOffset`: of its duration in the buffer, absent where it has the default one. */
  lastSample: { ticks: number; durationOffset?: number };
  tfdt: { offset: number; version: number };
  runs: SampleRun[];
  /** Of samples whose run has none of their own; `at`: of it in the buffer, absent where the init segment has it. */
  defaultDuration: { ticks: number; at?: number };
}

/**
 * A `trun`: where the fields of its first sample lie in the buffer, as far as it has them, and how far on the next's.
 */
export interface SampleRun {
  count: number;
  sampleBytes: number;
  durationAt?: number;
  compositionAt?: number;
}

/** sample_is_non_sync_sample, 14496-12, 8.8.3.1. */
const NON_SYNC = 0x10000;

/** Nobody sends this many pictures or sounds a second: a larger count is damage, and would keep us busy for minutes. */
const MAX_SAMPLES = 1_000_000;

/** Reads a moof that begins at byte `start` of the buffer. Throws BoxError on one that is damaged. */
export function parseFragmentHeader(buffer: Buffer, moof: Box, init: InitSegment): TrackFragment[] {
  return readingBoxes(() => {
    const fragments: TrackFragment[] = [];
    for (const traf of boxesIn(buffer, moof.payload, moof.end)) {
      if (traf.type === 'traf') fragments.push(parseTrackFragment(buffer, moof.start, traf, init));
    }
    return fragments;
  });
}

function parseTrackFragment(buffer: Buffer, moofStart: number, traf: Box, init: InitSegment): TrackFragment {
  const tfhd = findBox(buffer, traf, 'tfhd');
  const tfdt = findBox(buffer, traf, 'tfdt');
  if (!tfhd || !tfdt) throw new BoxError('a track fragment lacks tfhd or tfdt');
  const { flags } = versionAndFlags(buffer, tfhd);
  const trackId = buffer.readUInt32BE(tfhd.payload + 4);
  const track = init.tracks.get(trackId);
  if (!track) throw new BoxError(`a fragment of track ${trackId}, which moov does not have`);
  let at = tfhd.payload + 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0);
  const own = flags & 0x8 ? { ticks: buffer.readUInt32BE(at), at } : undefined;
  const defaultDuration = own ?? { ticks: track.defaultSampleDuration };
  if (own) at += 4;
  if (flags & 0x10) at += 4;
  const defaultFlags = flags & 0x20 ? buffer.readUInt32BE(at) : track.defaultSampleFlags;
  const { version } = versionAndFlags(buffer, tfdt);
  const offset = tfdt.payload + 4;
  const fragment: TrackFragment = {
    track,
    baseDecodeTime: version === 1 ? Number(buffer.readBigUInt64BE(offset)) : buffer.readUInt32BE(offset),
    durationTicks: 0,
    sampleCount: 0,
    startsWithKey: false,
    firstCompositionTicks: 0,
    longestSampleTicks: 0,
    momentarySamples: 0,
    firstSampleOffset: moofStart,
    lastSample: { ticks: 0 },
    tfdt: { offset, version },
    runs: [],
    defaultDuration,
  };
  for (const box of boxesIn(buffer, traf.payload, traf.end)) {
    if (box.type === 'trun') addRun(buffer, box, fragment, defaultFlags);
  }
  return fragment;
}

function addRun(buffer: Buffer, trun: Box, fragment: TrackFragment, defaultFlags: number): void {
  const { flags } = versionAndFlags(buffer, trun);
  const count = buffer.readUInt32BE(trun.payload + 4);
  if (flags & 0x1 && fragment.sampleCount === 0) fragment.firstSampleOffset += buffer.readInt32BE(trun.payload + 8);
  let at = trun.payload + 8 + (flags & 0x1 ? 4 : 0);
  let firstFlags = defaultFlags;
  if (flags & 0x4) {
    firstFlags = buffer.readUInt32BE(at);
    at += 4;
  }
  const durationBytes = flags & 0x100 ? 4 : 0;
  const sizeBytes = flags & 0x200 ? 4 : 0;
  const flagsBytes = flags & 0x400 ? 4 : 0;
  const sampleBytes = durationBytes + sizeBytes + flagsBytes + (flags & 0x800 ? 4 : 0);
  if (count > MAX_SAMPLES || at + count * sampleBytes > trun.end)
    throw new BoxError(`a trun of ${count} samples that its box does not hold`);
  const compositionAt = at + durationBytes + sizeBytes + flagsBytes;
  const own = { ...(durationBytes && { durationAt: at }), ...(flags & 0x800 && { compositionAt }) };
  fragment.runs.push({ count, sampleBytes, ...own });
  for (let i = 0; i < count; i++, at += sampleBytes) {
    const duration = durationBytes ? buffer.readUInt32BE(at) : fragment.defaultDuration.ticks;
    fragment.durationTicks += duration;
    if (duration <= 1) fragment.momentarySamples++;
    if (i === count - 1)
      fragment.lastSample = durationBytes ? { ticks: duration, durationOffset: at } : { ticks: duration };
    if (duration > fragment.longestSampleTicks) fragment.longestSampleTicks = duration;
    if (i === 0 && fragment.sampleCount === 0) {
      const sampleFlags = flagsBytes ? buffer.readUInt32BE(at + durationBytes + sizeBytes) : firstFlags;
      fragment.startsWithKey = (sampleFlags & NON_SYNC) === 0;
      // Signed from version 1 on; version 0 holds none above 2^31 in our footage.
      if (flags & 0x800) fragment.firstCompositionTicks = buffer.readInt32BE(compositionAt);
    }
  }
  fragment.sampleCount += count;
}

/** Moves a track fragment in time, in place. Negative times do not exist in `tfdt`: they become 0. */
export function writeBaseDecodeTime(buffer: Buffer, fragment: TrackFragment, ticks: number): void {
  const value = Math.max(0, Math.round(ticks));
  if (fragment.tfdt.version === 1) buffer.writeBigUInt64BE(BigInt(value), fragment.tfdt.offset);
  else buffer.writeUInt32BE(value, fragment.tfdt.offset);
}
