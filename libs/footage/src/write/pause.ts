/**
 * Cuts the pause of a camera that sent nothing for a while and then went on. MP4 knows no pause, so ffmpeg stretches
 * the picture before it over the whole pause. A frozen picture would then pass for footage.
 */
import type { TrackFragment } from '@vr/mp4';

const SHORTEST_MS = 2000;
/** Cameras of one picture a second do not pause between two pictures. */
const TIMES_USUAL = 10;

/**
 * Where a fragment's last picture is a pause, gives it the length of its neighbours, in the bytes and in the header.
 * @returns the length of the pause in ms, or 0 where there is none
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
