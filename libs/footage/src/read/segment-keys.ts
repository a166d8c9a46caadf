/**
 * The places of a closed segment's key frames, from the index at its end (`mfra`). That costs two short reads, also of
 * an hour of 900 MB. Its headers would cost 7,200.
 */
import {
  BoxError,
  MFRO_BYTES,
  parseFragmentHeader,
  parseRandomAccess,
  PRFT_BYTES,
  randomAccessBytes,
  readBoxHeader,
  type InitSegment,
  type KeyFragment,
} from '@vr/mp4';
import type { HeaderFile, ReadTurns } from './header-window';
import { FileWindow, MAX_HEADER_BOX_BYTES, readInit } from './segment-scan';

export interface SegmentKeys {
  init: InitSegment;
  initSizeBytes: number;
  keys: KeyFragment[];
  /** How long after its decoding the first picture is shown: an encoder with B-frames holds pictures back. */
  reorderMs: number;
  /** One past the last fragment. */
  endOffset: number;
}

const MAX_INDEX_BYTES = 16 * 1024 * 1024;
/** The index of some minutes. One read brings it where it is no longer. */
const USUAL_INDEX_BYTES = 2048;

/** Throws BoxError where the file has no index of ours: it is open, was torn, or is damaged. */
export async function readSegmentKeys(file: HeaderFile, turns?: ReadTurns): Promise<SegmentKeys> {
  const { size } = await file.stat();
  const window = new FileWindow(file, turns);
  const usual = Math.min(size, USUAL_INDEX_BYTES);
  const tail = await window.at(size - usual, usual);
  const indexBytes = randomAccessBytes(tail.subarray(-MFRO_BYTES)) ?? 0;
  if (indexBytes <= 0 || indexBytes > Math.min(size, MAX_INDEX_BYTES)) throw new BoxError('no mfra at the end');
  const endOffset = size - indexBytes;
  const keys = parseRandomAccess(
    indexBytes <= usual ? tail.subarray(usual - indexBytes) : await window.at(endOffset, indexBytes),
  );
  const { init, initSizeBytes } = await readInit(window, size);
  checkPlaces(keys, initSizeBytes, endOffset);
  return { init, initSizeBytes, keys, reorderMs: await reorderOf(window, keys[0], init), endOffset };
}

/** Where the fragment of a key frame begins: the recorder puts `prft` in front of each `moof`. */
export function fragmentOffset({ moofOffset }: KeyFragment): number {
  return moofOffset - PRFT_BYTES;
}

/** Whoever reads by these places must not be led out of the media, nor backwards. */
function checkPlaces(keys: readonly KeyFragment[], initSizeBytes: number, endOffset: number): void {
  let behind = initSizeBytes;
  for (const key of keys) {
    const offset = fragmentOffset(key);
    if (offset < behind || offset >= endOffset) throw new BoxError(`an mfra that names byte ${offset} for a key frame`);
    behind = offset + 1;
  }
}

async function reorderOf(window: FileWindow, first: KeyFragment | undefined, init: InitSegment): Promise<number> {
  if (!first) return 0;
  const head = await window.at(first.moofOffset, 8);
  const sizeBytes = head.length === 8 ? head.readUInt32BE(0) : 0;
  if (sizeBytes > MAX_HEADER_BOX_BYTES) throw new BoxError(`a moof of ${sizeBytes} bytes`);
  const bytes = await window.at(first.moofOffset, sizeBytes);
  const moof = readBoxHeader(bytes, 0);
  if (moof?.type !== 'moof' || moof.end > bytes.length)
    throw new BoxError(`an mfra that leads to byte ${first.moofOffset}, where no moof is`);
  const video = parseFragmentHeader(bytes, moof, init).find(({ track }) => track.id === init.video.id);
  return ((video?.firstCompositionTicks ?? 0) / init.video.timescale) * 1000;
}
