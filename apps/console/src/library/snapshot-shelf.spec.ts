import { instantMs } from './snapshot-shelf.adapter';

describe('the instant in the name of a snapshot', () => {
  it.each([
    'cam_1_2026-11-23T02:15:00.123Z.jpg',
    'cam_1_2026-11-23T02-15-00.123Z.jpg',
    'cam_1_20261123T021500.123Z.jpg',
    'cam_1_20261123_021500.123Z.jpg',
  ])('%s', (name) => {
    expect(instantMs(name)).toBe(Date.UTC(2026, 10, 23, 2, 15, 0, 123));
  });

  it('is not made up', () => {
    expect(instantMs('cam_1_yesterday.jpg')).toBeNaN();
  });
});
