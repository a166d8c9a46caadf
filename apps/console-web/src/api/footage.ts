/** What the player and the timeline ask of the console. */
import { answered, client, type RecordedEvent } from './client';
import { pageClock } from './page-clock';
import type { components } from './schema';

export type FootageIndex = components['schemas']['FootageIndex'];
export type Timeline = components['schemas']['Timeline'];
export type StreamKind = FootageIndex['stream'];

/** @param everySeconds how far apart key frames must lie to be listed; 0 lists all */
export async function footageIndex(
  o: { cameraId: string; stream: StreamKind; startMs: number; endMs: number; everySeconds: number },
  signal: AbortSignal,
): Promise<FootageIndex> {
  const query = { start: o.startMs / 1000, end: o.endMs / 1000, stream: o.stream, every: o.everySeconds };
  const path = { id: o.cameraId };
  return answered(await client.GET('/api/cameras/{id}/index', { params: { path, query }, signal }));
}

/** Both ends belong to the range. */
export async function footageBytes(
  { file, firstByte, lastByte }: { file: string; firstByte: number; lastByte: number },
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const headers = { range: `bytes=${firstByte}-${lastByte}` };
  const response = await fetch(`/api/footage/${encodeURIComponent(file)}`, { headers, signal });
  if (response.status !== 206) throw new Error(`HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export async function timeline(cameraId: string, startMs: number, endMs: number): Promise<Timeline> {
  const query = { start: startMs / 1000, end: endMs / 1000 };
  return answered(await client.GET('/api/cameras/{id}/timeline', { params: { path: { id: cameraId }, query } }));
}

/** A range as one file, made while it is read. */
export function clipPath(cameraId: string, start: number, end: number): string {
  return `/api/cameras/${encodeURIComponent(cameraId)}/clip.mp4?start=${start}&end=${end}&download`;
}

/** The event nearest to an instant, before or after it. */
export async function neighbour(o: {
  cameras: readonly string[];
  atMs: number;
  direction: 'previous' | 'next';
}): Promise<RecordedEvent | undefined> {
  const ask = async (camera: string): Promise<RecordedEvent | undefined> =>
    o.direction === 'previous' ? lastBefore(camera, o.atMs) : firstAfter(camera, o.atMs);
  const found = (await Promise.all(o.cameras.map(ask))).filter((event) => event !== undefined);
  const sign = o.direction === 'previous' ? -1 : 1;
  return found.sort((a, b) => sign * (a.at - b.at))[0];
}

async function lastBefore(camera: string, atMs: number): Promise<RecordedEvent | undefined> {
  const query = { camera, end: atMs / 1000, start: 0, limit: 1 };
  return answered(await client.GET('/api/events', { params: { query } })).events[0];
}

/** The list begins with the newest, so it is read to its end. */
async function firstAfter(camera: string, atMs: number): Promise<RecordedEvent | undefined> {
  let first: RecordedEvent | undefined;
  let before: number | undefined;
  do {
    const query = { camera, start: atMs / 1000, end: pageClock.nowMs() / 1000 + 1, limit: 200, before };
    const page = answered(await client.GET('/api/events', { params: { query } }));
    first = page.events.at(-1) ?? first;
    before = page.next_before;
  } while (before !== undefined);
  return first;
}

export interface Stretch {
  camera_id: string;
  start: number;
  end: number;
}

export async function makeClip({ camera_id: id, start, end }: Stretch): Promise<void> {
  const params = { path: { id } };
  answered(await client.POST('/api/cameras/{id}/clip', { params, body: { start, end } }));
}

export async function protect({ camera_id: id, start, end }: Stretch, reason: string): Promise<void> {
  const params = { path: { id } };
  answered(await client.POST('/api/cameras/{id}/protect', { params, body: { start, end, reason } }));
}
