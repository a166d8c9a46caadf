import { createHash } from 'node:crypto';
import { Authorization, bestChallenge, parseChallenges } from './authorization';

const CREDENTIALS = { user: 'Mufasa', password: 'Circle of Life' };
const hash = (name: string, text: string): string => createHash(name).update(text).digest('hex');
const field = (header: string, name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(header)?.[1] ?? '';

describe('Authorization', () => {
  it('answers Basic (RFC 7617)', () => {
    const [challenge] = parseChallenges(['Basic realm="WallyWorld"']);
    if (!challenge) throw new Error('no challenge');
    const authorization = new Authorization(challenge, { user: 'Aladdin', password: 'open sesame' });
    expect(authorization.headerFor('DESCRIBE', 'rtsp://cam/')).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
  });

  it('answers Digest without qop (RFC 2069)', () => {
    const [challenge] = parseChallenges(['Digest realm="r", nonce="n"']);
    if (!challenge) throw new Error('no challenge');
    const header = new Authorization(challenge, CREDENTIALS).headerFor('DESCRIBE', 'rtsp://cam/live');
    const secret = hash('md5', 'Mufasa:r:Circle of Life');
    expect(field(header, 'response')).toBe(hash('md5', `${secret}:n:${hash('md5', 'DESCRIBE:rtsp://cam/live')}`));
    expect(header).not.toContain('qop');
  });

  it.each([
    ['MD5', 'md5', false],
    ['SHA-256', 'sha256', false],
    ['MD5-sess', 'md5', true],
  ])('answers Digest with qop and %s (RFC 7616, 3.4)', (algorithm, name, session) => {
    const [challenge] = parseChallenges([
      'Digest realm="http-auth@example.org", qop="auth, auth-int", ' +
        `algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv", opaque="FQhe"`,
    ]);
    if (!challenge) throw new Error('no challenge');
    const authorization = new Authorization(challenge, CREDENTIALS);
    authorization.headerFor('OPTIONS', 'rtsp://cam/');
    const header = authorization.headerFor('GET', '/dir/index.html');
    const cnonce = field(header, 'cnonce');
    const plain = hash(name, 'Mufasa:http-auth@example.org:Circle of Life');
    const secret = session ? hash(name, `${plain}:7ypf/xlj9XXwfDPEoM4URrv:${cnonce}`) : plain;
    const asked = hash(name, 'GET:/dir/index.html');
    expect(field(header, 'nc')).toBe('00000002');
    expect(field(header, 'opaque')).toBe('FQhe');
    expect(field(header, 'response')).toBe(
      hash(name, `${secret}:7ypf/xlj9XXwfDPEoM4URrv:00000002:${cnonce}:auth:${asked}`),
    );
  });

  it('takes the safest challenge that it can answer, of several in one header or in many', () => {
    const challenges = parseChallenges([
      'Basic realm="a", Digest realm="b", nonce="c", algorithm=MD5',
      'Digest realm="d", nonce="e", algorithm=SHA-256, stale=TRUE',
      'Digest realm="f", nonce="g", algorithm=ROT13',
      'Negotiate',
    ]);
    expect(bestChallenge(challenges)).toMatchObject({ scheme: 'digest', realm: 'd', stale: true });
    expect(bestChallenge(parseChallenges(['Digest realm="f", nonce="g", algorithm=ROT13']))).toBeUndefined();
    expect(bestChallenge(parseChallenges(['Basic realm="x"']))).toEqual({ scheme: 'basic', realm: 'x' });
  });

  it('quotes what stands in quotes', () => {
    const [challenge] = parseChallenges(['Digest realm="a \\"b\\"", nonce="n"']);
    expect(challenge?.realm).toBe('a "b"');
    if (!challenge) throw new Error('no challenge');
    const header = new Authorization(challenge, { user: 'x"y', password: 'z' }).headerFor('PLAY', 'rtsp://c/');
    expect(header).toContain('username="x\\"y"');
    expect(header).toContain('realm="a \\"b\\""');
  });
});
