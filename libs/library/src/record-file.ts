/** All workers read the records beside clips and snapshots in this way. An unreadable record counts as not there. */
import { readSmallFile, readSmallFileSync, RECORD_FILE_BYTES } from '@vr/base';
import { clipRecord, readPayload, snapshotRecord, type ClipRecord, type SnapshotRecord } from '@vr/contracts';

/** Makes a record of the JSON in a file. It throws a sentence that says what is wrong. */
type RecordReader<T> = (content: unknown) => T;

/** Reads the record of the clip that names the file. The record of another clip says nothing about this one. */
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
 * Undefined where no record can be read. `tell` hears why, unless there is no file. A fault of the disk is thrown,
 * because the same record may be readable later.
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

/** The same for retention, which walks the disk in one go. It is undefined also where the disk has a fault. */
export function readRecordSync<T>(path: string, read: RecordReader<T>): T | undefined {
  try {
    const text = readSmallFileSync(path, RECORD_FILE_BYTES);
    return text === undefined ? undefined : read(parseJson(text));
  } catch {
    return undefined;
  }
}

/** The text of a record. It throws where that could not be read again: better now than when somebody needs it. */
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

/** A power cut may leave no JSON. Then the schema says what was wanted. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
