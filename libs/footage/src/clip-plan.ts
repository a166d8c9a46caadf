/** Which samples a clip holds, and which part of them players show. Decided here; written by clip-file.ts. */
import type { FileHandle } from 'node:fs/promises';
import { BoxError, findBox, readBoxHeader } from './boxes';
import type { Track } from './init-segment';
import { openFootage } from './open-footage';
import type { Piece } from './range';
import { readSamples, type Sample } from './samples';
import { readBytes, type Fragment } from './segment-index';

/** A sample of footage on the clip's time line. */
export interface ClipSample extends Sample {
  path: string;
  /** Which fragment it comes from: the clip's chunks are the footage's fragments. */
  fragment: number;
  /** Epoch ms at which it is shown. */
  atMs: number;
}

export interface ClipTrack {
  track: Track;
  /** In decoding order, at least one. */
  samples: ClipSample[];
  /** Decode time of each sample, in ticks from the first one; strictly growing. */
  times: number[];
  /** Ticks from the first decode time to what players show first. Negative: the track begins so long after the clip does. */
  shownFrom: number;
  /** How long players show it, in ticks; counted from `shownFrom`, or from the first sample where that is negative. */
  shownTicks: number;
}

/** `[startMs, endMs)` is what players show: from the first wanted frame to the end of the last. */
export interface ClipPlan {
  video: ClipTrack;
  audio?: ClipTrack;
  startMs: number;
  endMs: number;
}

/** Names carry whole ms and ticks do not: a frame half a ms before the start is the wanted one. */
const ROUNDING_MS = 0.5;
/** prft and moof of a usual fragment. */
const HEADER_BYTES = 16_384;

/**
 * The frames of `pieces` (one init, in order) with a stamp in `[startMs, endMs)`, and all that is needed to decode them: from the key
 * frame at or before the first. Where no frame falls into the window, the one on show in it.
 */
export async function planClip(pieces: readonly Piece[], startMs: number, endMs: number): Promise<ClipPlan> {
  const samples = await readAll(pieces);
  const video = samples.filter(({ track }) => track.kind === 'video');
  const shown = shownFrames(video, startMs, endMs);
  // Decoding order: pictures that are shown later, or not at all, may stand between those that are.
  const from = Math.max(0, video.slice(0, (shown[0]?.index ?? 0) + 1).findLastIndex(({ key }) => key));
  const last = shown.at(-1)?.index ?? 0;
  const shownStartMs = shown.reduce((least, { sample }) => Math.min(least, sample.atMs), Infinity);
  const shownEndMs = shown.reduce((most, { sample }) => Math.max(most, sample.atMs + durationMs(sample)), -Infinity);
  const audio = audioBetween(samples.filter(({ track }) => track.kind === 'audio'), shownStartMs, shownEndMs);
  return {
    video: onTimeLine(video.slice(from, last + 1), shownStartMs, shownEndMs),
    ...(audio.length > 0 && { audio: onTimeLine(audio, shownStartMs, shownEndMs) }),
    startMs: shownStartMs,
    endMs: shownEndMs,
  };
}

/** Those stamped within the window, else the one on show when it begins; in decoding order. */
function shownFrames(video: readonly ClipSample[], startMs: number, endMs: number): { sample: ClipSample; index: number }[] {
  const frames = video.map((sample, index) => ({ sample, index }));
  const shown = frames.filter(({ sample: { atMs } }) => atMs >= startMs - ROUNDING_MS && atMs < endMs - ROUNDING_MS);
  const before = frames.findLast(({ sample }) => sample.atMs <= startMs) ?? frames[0];
  if (!before) throw new BoxError('wanted pieces with video');
  return shown.length > 0 ? shown : [before];
}

/** With one sample more in front, hidden: an AAC frame is decoded together with the one before it. */
function audioBetween(audio: readonly ClipSample[], startMs: number, endMs: number): ClipSample[] {
  const first = audio.findIndex((sample) => sample.atMs + durationMs(sample) > startMs);
  if (first < 0) return [];
  return audio.slice(Math.max(0, first - 1)).filter(({ atMs }) => atMs < endMs);
}

function durationMs({ durationTicks, track }: ClipSample): number {
  return (durationTicks / track.timescale) * 1000;
}

function onTimeLine(samples: ClipSample[], startMs: number, endMs: number): ClipTrack {
  const [first] = samples;
  if (!first) throw new BoxError('a track without samples');
  const { track } = first;
  const ticks = (ms: number): number => Math.round((ms * track.timescale) / 1000);
  const decodeMs = (sample: ClipSample): number => sample.atMs - (sample.compositionOffset / track.timescale) * 1000;
  const zeroMs = decodeMs(first);
  const times: number[] = [];
  // Stamps of two segments may overlap by the tick that rounding gives.
  for (const sample of samples) times.push(Math.max((times.at(-1) ?? -1) + 1, ticks(decodeMs(sample) - zeroMs)));
  const shownFrom = ticks(startMs - zeroMs);
  return { track, samples, times, shownFrom, shownTicks: ticks(endMs - zeroMs) - Math.max(0, shownFrom) };
}

async function readAll(pieces: readonly Piece[]): Promise<ClipSample[]> {
  const samples: ClipSample[] = [];
  let fragment = 0;
  for (const piece of pieces) {
    const { path, startMs } = piece.segment;
    const file = await openFootage(path);
    try {
      for (const { place, soundOnly } of withNeighbours(piece)) {
        for (const sample of await samplesOf(file, piece, place)) {
          if (soundOnly && sample.track.kind !== 'audio') continue;
          samples.push({ ...sample, path, fragment, atMs: startMs + ((sample.dts + sample.compositionOffset) / sample.track.timescale) * 1000 });
        }
        fragment += 1;
      }
    } finally {
      await file.close();
    }
  }
  return samples;
}

/** Sound reaches the recorder a little before or after its pictures, and may stand in the fragment before or behind theirs. */
function withNeighbours({ index, fragments }: Piece): { place: Fragment; soundOnly: boolean }[] {
  const pictures = fragments.map((place) => ({ place, soundOnly: false }));
  if (index.init.tracks.size === 1) return pictures;
  const before = index.fragments.findLast(({ offset }) => offset < (fragments[0]?.offset ?? 0));
  const behind = index.fragments.find(({ offset }) => offset > (fragments.at(-1)?.offset ?? Infinity));
  return [...(before ? [{ place: before, soundOnly: true }] : []), ...pictures, ...(behind ? [{ place: behind, soundOnly: true }] : [])];
}

async function samplesOf(file: FileHandle, { index }: Piece, { offset, sizeBytes }: Fragment): Promise<Sample[]> {
  let header = await readBytes(file, offset, Math.min(sizeBytes, HEADER_BYTES));
  let moof = moofIn(header);
  if (!moof || moof.end > header.length) {
    header = await readBytes(file, offset, sizeBytes);
    moof = findBox(header, { payload: 0, end: header.length }, 'moof');
  }
  if (!moof) throw new BoxError(`no moof at byte ${offset}`);
  return readSamples(header, moof, offset + moof.start, index.init);
}

/** The moof, or none where the bytes end before it. */
function moofIn(bytes: Buffer): ReturnType<typeof readBoxHeader> {
  let box = readBoxHeader(bytes, 0);
  while (box && box.type !== 'moof') box = readBoxHeader(bytes, box.end);
  return box;
}
