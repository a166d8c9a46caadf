import { BackOff } from './back-off';

describe('BackOff', () => {
  it('doubles from 1 s to 30 s', () => {
    const backOff = new BackOff(() => 1);
    expect(Array.from({ length: 8 }, () => backOff.nextMs('camera_refused', 0) / 1000)).toEqual([
      1, 2, 4, 8, 16, 30, 30, 30,
    ]);
  });

  it('grows to 5 min if the password is wrong', () => {
    const backOff = new BackOff(() => 1);
    const delays = Array.from({ length: 12 }, () => backOff.nextMs('camera_unauthorized', 0));
    expect(delays.at(-1)).toBe(300_000);
  });

  it('begins anew after a healthy minute', () => {
    const backOff = new BackOff(() => 1);
    for (let i = 0; i < 5; i++) backOff.nextMs('camera_refused', 0);
    expect(backOff.nextMs('camera_disconnected', 60_000)).toBe(1000);
  });

  it('does not wait after a run that its stamps broke, unless it broke at once', () => {
    const backOff = new BackOff(() => 1);
    expect(backOff.nextMs('stream_invalid', 8000)).toBe(0);
    expect(backOff.nextMs('stream_invalid', 500)).toBe(1000);
  });

  it('tries a codec that cannot be recorded every 5 min', () => {
    const backOff = new BackOff();
    for (let i = 0; i < 3; i++) expect(backOff.nextMs('unsupported_codec', 0)).toBe(300_000);
  });

  it('spreads tries, so that cameras on one switch do not come back at one instant', () => {
    expect(new BackOff(() => 0).nextMs('camera_refused', 0)).toBe(500);
  });
});
