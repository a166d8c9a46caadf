export { ClipFolder, type ClipPlace, type FolderLog } from './clip-folder';
export { type DayFolder, DayFolders, type UnreadableFolder } from './day-folders';
export { type LibraryRange, newestEntries, type StoredEntry } from './newest-days';
export { clipRecordOf, readRecord, readRecordSync } from './record-file';
export { SnapshotFolder, UNFINISHED_SNAPSHOTS, type WantedSnapshot } from './snapshot-folder';
export { type LibraryKind, parseStoredName, type StoredName } from './stored-name';
export { markOf, suffixedClipId } from './suffixed-id';
export { footageOf, type FootageSpan, wantedFootage } from './wanted-footage';
