import { isUnknownAuthority } from './unknown-authority';

describe('an unknown authority', () => {
  it.each([
    ['the code of Node', Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }), true],
    ['the words of OpenSSL', new Error('unable to verify the first certificate'), true],
    ['the words alone', 'Error: self-signed certificate in certificate chain', true],
    [
      'the cause of another error',
      new Error('connecting failed', { cause: new Error('unable to get local issuer certificate') }),
      true,
    ],
    [
      'a name that does not fit',
      Object.assign(new Error("Hostname/IP does not match certificate's altnames"), {
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      }),
      false,
    ],
    ['a server that is away', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), false],
    ['nothing', undefined, false],
  ])('%s', (_, error, expected) => {
    expect(isUnknownAuthority(error)).toBe(expected);
  });
});
