/**
 * A camera that sent nothing for a while and then went on: MP4 knows no pause, so ffmpeg stretches the picture before
 * it over the whole of it, and a frozen picture would pass for footage.
 */
import type { TrackFragment } from '@vr/mp4';

const SHORTEST_MS = 2000;
/** Cameras of one picture a second do not pause between two of them. */
const TIMES_USUAL = 10;

/**
 * Gives a fragment's last picture, where it is a pause, the length of its neighbours; in the bytes and in the header.
 * @returns the length of the pause in ms, 0 where there is none
 */
export function cutPause(bytes: Buffer, fragment: TrackFragment): number {
  const { sampleCount, durationTicks, lastSample, track } = fragment;
  const usualTicks = Math.round((durationTicks - lastSample.ticks) / (sampleCount - 1));
  const pauseMs = ((lastSample.ticks - usualTicks) / track.timescale) * 1000;
  if (
    sampleCount < 2 ||
    lastSample.durationOffset === undefined ||
    pauseMs < SHORTEST_MS ||
    lastSample.ticks < TIMES_USUAL * usualTicks
  )
    return 0;
  bytes.writeUInt32BE(usualTicks, lastSample.durationOffset);
  fragment.durationTicks -= lastSample.ticks - usualTicks;
  fragment.lastSample.ticks = usualTicks;
  return pauseMs;
}
