/**
 * Writes the `moof` of a fragment that is joined out of others: one track, whose samples are all sync samples
 * (14496-12, 8.8.4 to 8.8.8). The head of its `mdat` follows.
 */
import { box, fullBox, table, u32, u64 } from './box-writer';

export interface JoinedSamples {
  trackId: number;
  /** In the track's ticks, as the durations are. */
  baseDecodeTime: number;
  durations: readonly number[];
  sizes: readonly number[];
}

/** default-base-is-moof: the data offset counts from the moof's own beginning. */
const TFHD_FLAGS = 0x020000;
/** data-offset, then for each sample: duration, size. */
const TRUN_FLAGS = 0x000301;
/** default-sample-flags in the tfhd: depends on no other sample, is a sync sample. */
const TFHD_SAMPLE_FLAGS = 0x000020;
const SYNC_SAMPLE = 0x02000000;
const MDAT_HEAD_BYTES = 8;

export function joinedMoof({ trackId, baseDecodeTime, durations, sizes }: JoinedSamples): Buffer {
  const payloadBytes = sizes.reduce((sum, size) => sum + size, 0);
  const perSample = table(durations.flatMap((ticks, i) => [ticks, sizes[i] ?? 0]));
  const moofAt = (dataOffset: number): Buffer =>
    box(
      'moof',
      fullBox('mfhd', 0, 0, u32(1)),
      box(
        'traf',
        fullBox('tfhd', 0, TFHD_FLAGS | TFHD_SAMPLE_FLAGS, u32(trackId, SYNC_SAMPLE)),
        fullBox('tfdt', 1, 0, u64(baseDecodeTime)),
        fullBox('trun', 0, TRUN_FLAGS, u32(durations.length, dataOffset), perSample),
      ),
    );
  const moof = moofAt(moofAt(0).length + MDAT_HEAD_BYTES);
  const head = Buffer.alloc(MDAT_HEAD_BYTES);
  head.writeUInt32BE(MDAT_HEAD_BYTES + payloadBytes, 0);
  head.write('mdat', 4, 'latin1');
  return Buffer.concat([moof, head]);
}
