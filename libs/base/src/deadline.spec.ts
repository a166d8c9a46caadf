import { DeadlineError, overWithin, withinDeadline } from './deadline';

const never = new Promise<never>(() => undefined);

describe('withinDeadline', () => {
  it('gives what the work gives, its error too', async () => {
    expect(await withinDeadline(Promise.resolve(7), 60_000, 'the sum')).toBe(7);
    await expect(withinDeadline(Promise.reject(new Error('no sum')), 60_000, 'the sum')).rejects.toThrow('no sum');
  });

  it('says what took too long', async () => {
    const late = withinDeadline(never, 1, 'the sum');
    await expect(late).rejects.toThrow(DeadlineError);
    await expect(late).rejects.toThrow('the sum: not done within 1 ms');
  });
});

describe('overWithin', () => {
  it('tells whether the work ended, however it did', async () => {
    expect(await overWithin(Promise.resolve(), 60_000)).toBe(true);
    expect(await overWithin(Promise.reject(new Error('no sum')), 60_000)).toBe(true);
    expect(await overWithin(never, 1)).toBe(false);
  });
});
