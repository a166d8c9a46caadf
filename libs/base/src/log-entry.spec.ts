import { LOG_LINE_BYTES, logEntry } from './log-entry';
import { knownSecrets } from './secrets/secrets';

const SECRET = 'hunter2-of-the-log';
knownSecrets.add(SECRET);

const lineOf = (entry: Record<string, unknown>, message = 'said'): string => JSON.stringify(logEntry(entry, message));

describe('an entry of the log', () => {
  it('has errors by name, code, message, frames and causes, without what else hangs on them', () => {
    const cause = Object.assign(new Error('ERR wrong'), {
      name: 'ReplyError',
      command: { name: 'auth', args: [SECRET, 'a job'] },
    });
    const error = Object.assign(new Error(`cannot add: ${SECRET}`, { cause }), {
      code: 'ECONNREFUSED',
      input: `redis://:${SECRET}@h`,
    });
    const { err } = logEntry({ err: error }, 'x').entry as { err: Record<string, unknown> };
    expect(Object.keys(err).sort()).toEqual(['cause', 'code', 'message', 'name', 'stack']);
    expect(err).toMatchObject({
      name: 'Error',
      code: 'ECONNREFUSED',
      message: 'cannot add: ***',
      cause: { name: 'ReplyError', message: 'ERR wrong' },
    });
    expect(err['stack']).toMatch(/^ +at .*log-entry\.spec/);
    expect(err['cause']).not.toHaveProperty('command');
  });

  it('has the errors of an AggregateError', () => {
    const error = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]);
    expect(logEntry({ err: error }, 'x').entry).toMatchObject({
      err: { errors: [{ message: 'refused by ::1' }, { message: 'refused by 127.0.0.1' }] },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['text', { text: `a ${SECRET} b` }],
    ['lists and objects', { list: [[{ deep: SECRET }]] }],
    ['names', { [`x ${SECRET}`]: 1 }],
    ['sets and maps', { set: new Set([SECRET]), map: new Map([['a', SECRET]]) }],
    ['URLs', { url: new URL(`redis://:${SECRET}@h`) }],
    ['what is no error but was thrown', { err: { message: SECRET } }],
    ['bytes', { body: Buffer.from(SECRET) }],
  ])('shows no secret in %s', (_, entry) => {
    expect(lineOf(entry)).not.toContain(SECRET);
  });

  it('keeps the names that code gives, also where a secret is such a word', () => {
    knownSecrets.add('camera');
    expect(logEntry({ camera: 'cam_1', reason: 'a camera' }, 'x').entry).toEqual({ camera: 'cam_1', reason: 'a ***' });
  });

  const circle: Record<string, unknown> = {};
  circle['again'] = circle;
  const wide = (depth: number): unknown => (depth === 0 ? 'x' : Array.from({ length: 60 }, () => wide(depth - 1)));
  it.each<[string, Record<string, unknown>]>([
    ['a long text', { text: 'x'.repeat(1_000_000) }],
    ['many texts', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, 'x'.repeat(2000)]))],
    ['many items', { list: Array.from({ length: 100_000 }, (_, i) => i) }],
    ['what holds itself', circle],
    ['much in much', { wide: wide(3) }],
    ['characters that JSON escapes', { text: '\u0001'.repeat(5000), more: '\\'.repeat(5000), and: '"'.repeat(5000) }],
    ['other alphabets', { text: '密'.repeat(5000), a: '🔑'.repeat(5000), b: '🔑'.repeat(5000) }],
    ['long names', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i} ${'x'.repeat(1000)}`, 1]))],
    [
      'an error with a long message, and causes',
      {
        err: new Error('x'.repeat(100_000), {
          cause: new Error('y'.repeat(100_000), { cause: new Error('z'.repeat(100_000)) }),
        }),
      },
    ],
  ])('is cut to a line, and says so, of %s', (_, entry) => {
    const line = lineOf(entry);
    expect(Buffer.byteLength(line)).toBeLessThan(LOG_LINE_BYTES);
    expect(line).toContain('cut: ');
  });

  it('is cut to a line, and says so, of a long message', () => {
    expect(lineOf({}, 'x'.repeat(1_000_000))).toMatch(/^.{2000,8000}cut: 1000000 characters/);
  });

  it('leaves what is short as it is', () => {
    const entry = { text: 'x', n: 1, none: null, yes: true, list: [1, 'a'], at: new Date(0), big: 7n };
    expect(logEntry(entry, 'said')).toEqual({
      entry: { ...entry, at: '1970-01-01T00:00:00.000Z', big: '7' },
      message: 'said',
    });
  });
});
