/**
 * When a movie and its tracks were made, in whole seconds. `mvhd`, `tkhd` and `mdhd` say it (14496-12, 8.2.2, 8.3.2 and
 * 8.4.2), and all three begin alike.
 */
import { boxesIn, findBox, findPath, versionAndFlags, type Box } from './boxes';

/** ISO files count seconds from 1904. */
export const EPOCH_1904_SECONDS = 2_082_844_800;
/** The last second that version 0 can hold: on 6 February 2040. */
const MOST_SECONDS = 0xffff_ffff;

/**
 * A copy of `ftyp` + `moov` with this time as that of making and of the last change. Undefined writes 0, which says
 * nothing; ffmpeg leaves it so.
 */
export function withCreationTime(init: Buffer, epochMs: number | undefined): Buffer {
  const seconds = epochMs === undefined ? 0 : Math.floor(epochMs / 1000) + EPOCH_1904_SECONDS;
  const copy = Buffer.from(init);
  for (const { payload, version } of headersOf(copy)) {
    if (version === 1)
      for (const at of [payload + 4, payload + 12]) copy.writeBigUInt64BE(BigInt(Math.max(0, seconds)), at);
    else
      for (const at of [payload + 4, payload + 8])
        copy.writeUInt32BE(seconds < 0 || seconds > MOST_SECONDS ? 0 : seconds, at);
  }
  return copy;
}

/** Epoch ms: first of the movie, then of each track and its media. Undefined where nothing is said. */
export function creationTimesOf(init: Buffer): (number | undefined)[] {
  return headersOf(init).map(({ payload, version }) => {
    const seconds = version === 1 ? Number(init.readBigUInt64BE(payload + 4)) : init.readUInt32BE(payload + 4);
    return seconds === 0 ? undefined : (seconds - EPOCH_1904_SECONDS) * 1000;
  });
}

function headersOf(init: Buffer): (Box & { version: number })[] {
  const moov = findBox(init, { payload: 0, end: init.length }, 'moov');
  if (!moov) return [];
  const traks = [...boxesIn(init, moov.payload, moov.end)].filter(({ type }) => type === 'trak');
  const boxes = [
    findBox(init, moov, 'mvhd'),
    ...traks.flatMap((trak) => [findBox(init, trak, 'tkhd'), findPath(init, trak, 'mdia', 'mdhd')]),
  ];
  return boxes.flatMap((box) => (box ? { ...box, version: versionAndFlags(init, box).version } : []));
}
