import { cameraId } from './camera';
import { isDay } from './kept-instants';
import { snapshotId, snapshotIdOf, snapshotIdParts, snapshotKey } from './snapshot-id';
import { snapshotRecord } from './snapshots';

const AT = Date.UTC(2026, 10, 23, 2, 15, 0, 123);
const id = snapshotIdOf(cameraId.parse('cam_1'), AT);

describe('a snapshot id', () => {
  it('says camera, instant and folder', () => {
    expect(id).toBe('cam_1_2026-11-23T02-15-00.123Z');
    expect(snapshotIdParts(id)).toEqual({ cameraId: 'cam_1', timestampMs: AT });
    const likeAnInstant = cameraId.parse('1_2026-11-23T02-15-00');
    expect(snapshotIdParts(snapshotId.parse(`${snapshotIdOf(likeAnInstant, AT)}_0123456789`))).toEqual({
      cameraId: likeAnInstant,
      timestampMs: AT,
    });
    expect(snapshotKey(id)).toBe('cam_1/2026-11-23/cam_1_2026-11-23T02-15-00.123Z.jpg');
  });

  it.each([
    '',
    '..',
    '../x',
    `${id}/..`,
    'cam_1_2026-02-30T02-15-00.123Z',
    'cam_1_2026-11-23T25-15-00.123Z',
    'cam_1_2026-11-23T02:15:00.123Z',
    `${id}_xyz`,
  ])('is not %s', (text) => {
    expect(snapshotId.safeParse(text).success).toBe(false);
  });
});

describe('a record of a snapshot', () => {
  const record = {
    ...{
      state: 'claimed',
      camera_id: 'cam_1',
      timestamp: AT / 1000,
      reason: 'event:person',
      snapshot_id: id,
      event_id: 'e-1',
      bucket: 'snapshots',
      key: snapshotKey(id),
    },
    ...{ source: { box: [1] }, identity: 'id:cam_1:e-1', moment: 'event', claimed_at: AT / 1000 + 1 },
  };
  const isTaken = (more: object): boolean => snapshotRecord.safeParse({ ...record, ...more }).success;

  it('is taken as the version before wrote it', () => {
    expect(isTaken({})).toBe(true);
    expect(isTaken({ timestamp: AT / 1000 - 3600 })).toBe(true); // of a clock that was an hour ahead
    expect(
      isTaken({
        state: 'announced',
        source_of_image: 'frame',
        captured_at: AT / 1000,
        width: 2,
        height: 1,
        size_bytes: 9,
        sha256: 'a'.repeat(64),
      }),
    ).toBe(true);
  });

  it.each([
    ['a path for a key', { key: '../../x.jpg' }],
    ["another's key", { key: 'cam_1/2026-11-23/cam_1_2026-11-23T02-15-00.124Z.jpg' }],
    ['another camera', { camera_id: 'cam_2' }],
    ['a path for an id', { snapshot_id: '../../x' }],
    ['an instant that is not its own', { timestamp: AT / 1000 + 1 }],
    ['an instant long before its own', { timestamp: AT / 1000 - 3601 }],
    ['a bucket that is a path', { bucket: '../snapshots' }],
    ['an instant that is none', { claimed_at: 1e300 }],
  ])('is refused with %s', (_, more) => {
    expect(isTaken(more)).toBe(false);
  });
});

describe('a day', () => {
  it.each([
    ['2026-11-23', true],
    ['2024-02-29', true],
    ['2026-02-30', false],
    ['2026-13-01', false],
    ['2026-1-1', false],
    ['', false],
    ['..', false],
    ['2026-11-23 ', false],
  ])('%s: %s', (name, expected) => {
    expect(isDay(name)).toBe(expected);
  });
});
