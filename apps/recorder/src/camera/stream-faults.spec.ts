import { StreamFaults } from './stream-faults';

describe('StreamFaults', () => {
  let nowMs: number;
  let faults: StreamFaults;
  beforeEach(() => {
    nowMs = 0;
    faults = new StreamFaults({ monotonicMs: () => nowMs });
  });

  it('leaves sound out after the second invalid stream within minutes, for an hour', () => {
    expect(faults.ended('stream_invalid', true)).toBeUndefined();
    expect(faults.leavesSoundOut).toBe(false);
    nowMs += 60_000;
    expect(faults.ended('stream_invalid', true)).toMatch(/without sound/);
    expect(faults.leavesSoundOut).toBe(true);
    nowMs += 3_600_000;
    expect(faults.leavesSoundOut).toBe(false);
  });

  it('counts a run with sound that ended in a crash of ffmpeg', () => {
    faults.ended('ffmpeg_failed', true);
    faults.ended('stream_invalid', true);
    expect(faults.leavesSoundOut).toBe(true);
    for (let i = 0; i < 4; i++) expect(faults.ended('ffmpeg_failed', false)).toBeUndefined();
  });

  it('accepts stamps that stand still if the stream breaks without sound too', () => {
    for (let i = 0; i < 4; i++) faults.ended('stream_invalid', i < 2);
    expect(faults.leavesSoundOut).toBe(true);
    expect(faults.bearsStandstill).toBe(true);
  });

  it('changes nothing for a clock that is set once a day, or for a camera that goes away', () => {
    for (let day = 0; day < 5; day++, nowMs += 86_400_000) expect(faults.ended('stream_invalid', true)).toBeUndefined();
    for (let i = 0; i < 5; i++) expect(faults.ended('camera_disconnected', true)).toBeUndefined();
    expect(faults.leavesSoundOut).toBe(false);
    expect(faults.bearsStandstill).toBe(false);
  });
});
