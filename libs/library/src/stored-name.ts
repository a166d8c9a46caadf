/**
 * The names of clips and snapshots, {camera}/{day}/{id}.{mp4,jpg,json}, on disk and in the local object store. A file
 * with another name is not ours: no worker shows it, counts it or deletes it.
 */
import { utcDay } from '@vr/base';
import { parseClipId, type ClipFileKind } from '@vr/contracts';

/** What a library holds. */
export type LibraryKind = 'clip' | 'snapshot';

export interface StoredName {
  /** The name without its extension. */
  id: string;
  /** The first instant in the name. */
  timestampMs: number;
  extension: ClipFileKind;
}

const FILE = /^(.+)\.(mp4|jpg|json)$/;
/** ISO 8601 with its colons and hyphens, without them, or with the characters that other programs put there. */
const SNAPSHOT =
  /^(.+?)_(\d{4})-?(\d{2})-?(\d{2})[T_](\d{2})[:-]?(\d{2})[:-]?(\d{2})(?:[.,-]?(\d{1,3}))?Z(?:_[A-Za-z0-9-]{1,64})?$/;

/** Undefined unless it is a name of this `kind` in the folder of this camera and day. */
export function parseStoredName(
  kind: LibraryKind,
  fileName: string,
  cameraId: string,
  day: string,
): StoredName | undefined {
  const [, id = '', extension = ''] = FILE.exec(fileName) ?? [];
  const named = kind === 'clip' ? clipNamed(id) : snapshotNamed(id);
  if (named?.cameraId !== cameraId || !isExtension(extension)) return undefined;
  if (kind === 'snapshot' && extension === 'mp4') return undefined;
  const { timestampMs } = named;
  if (!Number.isFinite(timestampMs) || utcDay(timestampMs) !== day) return undefined;
  return { id, timestampMs, extension };
}

/** The folder in which a file of this name lies. Undefined where the name is none of this kind. */
export function storedPlace(
  kind: LibraryKind,
  id: string,
): { cameraId: string; day: string; timestampMs: number } | undefined {
  const named = kind === 'clip' ? clipNamed(id) : snapshotNamed(id);
  if (named?.cameraId === undefined || !Number.isFinite(named.timestampMs)) return undefined;
  const day = utcDay(named.timestampMs);
  const { cameraId, timestampMs } = named;
  // What is no name of a file there is no name here either.
  return parseStoredName(kind, `${id}.jpg`, cameraId, day) && { cameraId, day, timestampMs };
}

interface Named {
  cameraId: string | undefined;
  /** NaN where the name holds no instant that exists. */
  timestampMs: number;
}

function clipNamed(id: string): Named | undefined {
  const named = parseClipId(id);
  return named && { cameraId: named.cameraId, timestampMs: named.startMs };
}

function snapshotNamed(id: string): Named {
  const [, cameraId, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = ''] =
    SNAPSHOT.exec(id) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`;
  return { cameraId, timestampMs: Date.parse(iso) };
}

function isExtension(text: string): text is ClipFileKind {
  return text === 'mp4' || text === 'jpg' || text === 'json';
}
