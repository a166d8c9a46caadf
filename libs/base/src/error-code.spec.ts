import { errorCode } from './error-code';

describe('the code of an error', () => {
  it.each<[string, unknown, string | undefined]>([
    ['a system error', Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'ENOENT'],
    ['a plain object', { code: 'EACCES' }, 'EACCES'],
    ['an error without a code', new Error('x'), undefined],
    ['a code that is no text', { code: 7 }, undefined],
    ['null', null, undefined],
    ['a text', 'ENOENT', undefined],
  ])('of %s', (_, error, code) => {
    expect(errorCode(error)).toBe(code);
  });
});
