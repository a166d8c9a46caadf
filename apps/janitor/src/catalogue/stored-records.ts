/** What the janitor knows of the records beside clips and snapshots. Each is read again only when it has changed. */
import { clipIdParts, snapshotOrigin, type ClipId, type ClipRecord } from '@vr/contracts';
import { clipRecordOf, footageOf, readRecordSync, type FootageSpan } from '@vr/library';

export interface StatedFile {
  mtimeMs: number;
  size: number;
  ino: number;
}

/** What the janitor knows of a clip's record. */
export interface KnownClip {
  state: ClipRecord['state'];
  footage: FootageSpan;
  isEvent: boolean;
  /** The clip that this one became part of. */
  mergedInto: ClipId | undefined;
}

/** What the janitor knows of a snapshot's record. */
export interface KnownSnapshot {
  byHand: boolean;
}

/** What was read, with the version of the file that it was read from. */
export type Versioned<T> = T & { version: string };

/** Undefined where no record can be read. Then nobody knows whether the store has the clip. */
export function readClip(
  path: string,
  name: string,
  stat: StatedFile | undefined,
  before: Versioned<KnownClip> | undefined,
): Versioned<KnownClip> | undefined {
  return readAnew(path, stat, before, (content) => {
    const record = clipRecordOf(name)(content);
    const { state, job, mergedInto } = record;
    // A clip that somebody asked for by hand is no event.
    return { state, footage: footageOf(record), isEvent: clipIdParts(job.clipId).isEvent, mergedInto };
  });
}

/** Undefined where no record can be read. Then the snapshot counts as an event's. */
export function readSnapshot(
  path: string,
  name: string,
  stat: StatedFile | undefined,
  before: Versioned<KnownSnapshot> | undefined,
): Versioned<KnownSnapshot> | undefined {
  return readAnew(path, stat, before, (content) => {
    const { snapshot_id: id, moment } = snapshotOrigin.parse(content);
    return id === name ? { byHand: moment !== 'event' } : undefined;
  });
}

function readAnew<T>(
  path: string,
  stat: StatedFile | undefined,
  before: Versioned<T> | undefined,
  read: (content: unknown) => T | undefined,
): Versioned<T> | undefined {
  if (!stat) return undefined;
  const version = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
  if (before?.version === version) return before;
  const found = readRecordSync(path, read);
  return found && { ...found, version };
}
