import { ClipCopies } from '@vr/footage';
import { KeptClips, type RangeClip } from './kept-clips';

const MINUTE_MS = 60_000;

const clipOf = (range: string, tag: string): RangeClip => ({
  range,
  tag,
  layout: {
    facts: { startMs: 0, endMs: 1000, sizeBytes: 10, codec: 'h264', width: 320, height: 180 },
    head: Buffer.alloc(10),
    copies: new ClipCopies([], 0),
  },
  gaps: [],
  isFinal: false,
});

describe('clips that are kept for viewers', () => {
  let nowMs: number;
  let kept: KeptClips;
  beforeEach(() => {
    nowMs = 0;
    kept = new KeptClips({ monotonicMs: () => nowMs });
  });

  it('give who names none the one that was made last, whoever goes on with an older one', () => {
    for (const tag of ['first', 'second']) kept.keep(clipOf('cam_1', tag));
    kept.keep(clipOf('cam_2', 'of another range'));
    expect(kept.find('cam_1', 'first')?.tag).toBe('first');
    expect(kept.find('cam_1', undefined)?.tag).toBe('second');
    expect(kept.find('cam_1', 'of nobody')?.tag).toBe('second');
  });

  it('give him no older one where the last is kept no longer', () => {
    for (const tag of ['first', 'second']) kept.keep(clipOf('cam_1', tag));
    for (let minute = 0; minute < 12; minute++) {
      nowMs += MINUTE_MS;
      expect(kept.find('cam_1', 'first')?.tag).toBe('first');
    }
    expect(kept.find('cam_1', undefined)).toBeUndefined();
  });
});
