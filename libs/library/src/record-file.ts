/** The records beside clips and snapshots, read in one way by all: what cannot be read counts as not there. */
import { readSmallFile, readSmallFileSync, RECORD_FILE_BYTES } from '@vr/base';
import { clipRecord, readPayload, snapshotRecord, type ClipRecord, type SnapshotRecord } from '@vr/contracts';

/** Makes a record of the JSON in a file; throws with a sentence that says what is wrong with it. */
type RecordReader<T> = (content: unknown) => T;

/** Reads the record of the clip that the file is named after. Another clip's says nothing of this one. */
export function clipRecordOf(id: string): RecordReader<ClipRecord> {
  return (content) => {
    const record = readPayload(clipRecord, content);
    return checkOwn(record, id, record.job.clipId);
  };
}

export function snapshotRecordOf(id: string): RecordReader<SnapshotRecord> {
  return (content) => {
    const record = readPayload(snapshotRecord, content);
    return checkOwn(record, id, record.snapshot_id);
  };
}

/**
 * undefined where there is none, or none that can be read: then `tell` hears why. Throws what is a fault of the disk,
 * because the same record may be read another time.
 */
export async function readRecord<T>(
  path: string,
  read: RecordReader<T>,
  tell: (reason: string) => void = () => undefined,
): Promise<T | undefined> {
  try {
    const text = await readSmallFile(path, RECORD_FILE_BYTES);
    return text === undefined ? undefined : read(parseJson(text));
  } catch (error) {
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    tell(error.message);
    return undefined;
  }
}

/** The same where the disk is walked in one go (retention); undefined also where the disk has a fault. */
export function readRecordSync<T>(path: string, read: RecordReader<T>): T | undefined {
  try {
    const text = readSmallFileSync(path, RECORD_FILE_BYTES);
    return text === undefined ? undefined : read(parseJson(text));
  } catch {
    return undefined;
  }
}

/** A record as it is written. Throws where it could not be read again: better now than when somebody looks for it. */
export function clipRecordText(record: ClipRecord): string {
  readPayload(clipRecord, record);
  return textOf(record);
}

export function snapshotRecordText(record: SnapshotRecord): string {
  readPayload(snapshotRecord, record);
  return textOf(record);
}

function textOf(record: object): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

function checkOwn<T>(record: T, wanted: string, got: string): T {
  if (got !== wanted) throw new Error(`wanted the record of ${wanted}, got that of ${got}`);
  return record;
}

/** What a power cut leaves is no JSON: the schema then says what was wanted. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
