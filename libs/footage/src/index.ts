export { checkFootage, type CheckProgress } from './check/check-footage';
export type { Finding, FootageReport } from './check/findings';
export { bySetUp, compatibleRun, withoutSlivers } from './clip/set-ups';
export { clipBytes, isStillThere } from './clip/clip-bytes';
export { writeClip, type WrittenClip } from './clip/clip-file';
export { ClipCopies } from './clip/clip-copies';
export { type ClipLayout, layOutClip } from './clip/clip-layout';
export { readClipRange } from './clip/clip-range';
export { readCameraState, readSaidState, writeCameraState } from './files/camera-state';
export { listCameras, listDays, listSegments, listTracks, type Segment } from './files/catalogue';
export { appendGap, type Gap, GAPS_FILE, readGaps, reasonOf } from './files/gaps';
export {
  makeFolder,
  parseSegmentName,
  PROTECTIONS_FOLDER,
  QUARANTINE_FOLDER,
  SEAM_MS,
  segmentFileName,
  segmentPath,
} from './files/names';
export { isNoFile } from './files/open-footage';
export { finishOpenGap, knownGaps, lineOf, removeOpenGap, writeOpenGap } from './files/open-gap';
export { waitForFootage } from './read/arrival';
export type { SpanMs } from './read/continuity';
export { frameOnShow, type FrameOnShow, newestFrame, newestKeyFrame } from './read/frame-on-show';
export { KeyIndex, type KeyPiece } from './read/key-index';
export { readIndexed } from './read/known-indexes';
export type { LiveFragment, LiveSetUp, LiveWatcher } from './read/live-tail';
export { LiveTails } from './read/live-tails';
export { openSegment, segmentBytes } from './read/open-segment';
export { hlsPlaylist, liveHlsPlaylist } from './read/playlist';
export { footageEnd, type FootageRange, holesBetween, newestFragment, type Piece, readRange } from './read/range';
export { readSegmentIndex } from './read/segment-index';
export { shiftedBytes } from './read/shifted-bytes';
export { type CameraSummary, summariseFootage } from './read/summary';
export { Pace } from './write/pace';
export { cutPause } from './write/pause';
export { type Recovered, recoverSegment, recoverSegments } from './write/recovery';
export { RunClock } from './write/run-clock';
export { moveSegment, SegmentWriter, type StampedFragment } from './write/segment-writer';
export { TimeLine } from './write/time-line';
