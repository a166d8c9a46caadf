import { isUnrecoverable, PermanentError, thrownBy, unrecoverable } from './errors';

describe('PermanentError', () => {
  it('goes to BullMQ as its own sign, and comes back as it was thrown', () => {
    const cause = new Error('no footage');
    const thrown = new PermanentError('this clip can never be', { cause });
    const sign = unrecoverable(thrown);
    expect(isUnrecoverable(sign)).toBe(true);
    expect(sign.message).toBe('this clip can never be');
    expect(thrownBy(sign)).toBe(thrown);
    expect(thrownBy(sign).cause).toBe(cause);
  });

  it('is told from other errors', () => {
    const other = new Error('disk full');
    expect(isUnrecoverable(other)).toBe(false);
    expect(thrownBy(other)).toBe(other);
  });
});
