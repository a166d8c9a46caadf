/**
 * Decides which samples a clip holds, and which part of them players show. clip-layout.ts builds the file from this.
 */
import { BoxError } from '@vr/mp4';
import type { Segment } from '../files/catalogue';
import { readClipSamples, type ClipPiece } from './clip-pieces';
import type { Movie, MovieTrack } from '@vr/mp4';
import type { SampleColumns } from '@vr/mp4';

export interface ClipPlan extends Movie {
  sources: Segment[];
}

/** Names carry whole ms; ticks do not. So a frame half a ms before the start is still the wanted one. */
const ROUNDING_MS = 0.5;

/**
 * The frames of `pieces` with a stamp in `[startMs, endMs)`, and everything that decodes them: from the key frame at or
 * before the first. The pieces have one set-up and are in order. Where no frame falls into the window, it is the one
 * that the window shows.
 */
export async function planClip(pieces: readonly ClipPiece[], startMs: number, endMs: number): Promise<ClipPlan> {
  const { sources, video, audio } = await readClipSamples(pieces);
  const shown = shownFrames(video, startMs, endMs);
  // This is decoding order. Between the pictures that are shown may lie others that are shown later, or not at all.
  let from = shown.first;
  while (from > 0 && video.keys[from] === 0) from -= 1;
  const sound = audio && audioBetween(audio, shown.startMs, shown.endMs);
  return {
    sources,
    video: onTimeLine(video.slice(from, shown.last + 1), shown.startMs, shown.endMs),
    ...(sound && sound.length > 0 && { audio: onTimeLine(sound, shown.startMs, shown.endMs) }),
    startMs: shown.startMs,
    endMs: shown.endMs,
  };
}

interface Shown {
  /** In decoding order. */
  first: number;
  last: number;
  startMs: number;
  endMs: number;
}

/** The frames with a stamp in the window. Without any, the frame on show when the window begins. */
function shownFrames(video: SampleColumns, startMs: number, endMs: number): Shown {
  const shown = { first: -1, last: -1, startMs: Infinity, endMs: -Infinity };
  let before = 0;
  for (let i = 0; i < video.length; i++) {
    const atMs = video.shownMs[i] ?? NaN;
    if (atMs <= startMs) before = i;
    if (atMs < startMs - ROUNDING_MS || atMs >= endMs - ROUNDING_MS) continue;
    if (shown.first < 0) shown.first = i;
    shown.last = i;
    shown.startMs = Math.min(shown.startMs, atMs);
    shown.endMs = Math.max(shown.endMs, video.endMs(i));
  }
  if (video.length === 0) throw new BoxError('wanted pieces with video');
  if (shown.first >= 0) return shown;
  return { first: before, last: before, startMs: video.shownMs[before] ?? NaN, endMs: video.endMs(before) };
}

/** It has one hidden sample more in front: an AAC frame is decoded together with the one before it. */
function audioBetween(audio: SampleColumns, startMs: number, endMs: number): SampleColumns {
  let first = 0;
  while (first < audio.length && audio.endMs(first) <= startMs) first += 1;
  if (first === audio.length) return audio.slice(0, 0);
  let end = first;
  while (end < audio.length && (audio.shownMs[end] ?? NaN) < endMs) end += 1;
  return audio.slice(Math.max(0, first - 1), end);
}

function onTimeLine(samples: SampleColumns, startMs: number, endMs: number): MovieTrack {
  if (samples.length === 0) throw new BoxError('a track without samples');
  const ticks = (ms: number): number => Math.round((ms * samples.track.timescale) / 1000);
  const zeroMs = samples.decodedMs(0);
  const times = new Float64Array(samples.length);
  // The stamps of two segments may overlap by the tick of rounding.
  for (let i = 0; i < samples.length; i++) {
    times[i] = Math.max((times[i - 1] ?? -1) + 1, ticks(samples.decodedMs(i) - zeroMs));
  }
  const shownFrom = ticks(startMs - zeroMs);
  return { samples, times, shownFrom, shownTicks: ticks(endMs - zeroMs) - Math.max(0, shownFrom) };
}
