import { MOST_SHOWN, Secrets } from './secrets';

const masked = (text: string, { values = [], urls = [] }: { values?: string[]; urls?: string[] } = {}): string => {
  const secrets = new Secrets();
  for (const value of values) secrets.add(value);
  for (const url of urls) secrets.addUrl(url);
  return secrets.mask(text);
};

describe('secrets that nobody told us of', () => {
  it.each([
    ['rtsp://admin:secret@10.0.0.1:554/stream', 'rtsp://admin:***@10.0.0.1:554/stream'],
    ['rtsp://john.doe:p@ss:w/rd@10.0.0.1/stream', 'rtsp://john.doe:***@10.0.0.1/stream'],
    ['rtsp://us@er:secret@10.0.0.1/stream', 'rtsp://us@er:***@10.0.0.1/stream'],
    ['rtsp://admin:it\'s"quoted"@10.0.0.1/stream', 'rtsp://admin:***@10.0.0.1/stream'],
    [
      'error opening rtsp://a:b@h/1: refused, then rtsp://c:d%40@h/2',
      'error opening rtsp://a:***@h/1: refused, then rtsp://c:***@h/2',
    ],
    ['redis://:hunter2@127.0.0.1:6379', 'redis://:***@127.0.0.1:6379'],
    ['redis://127.0.0.1:6379/0?password=hunter2&db=1', 'redis://127.0.0.1:6379/0?password=***&db=1'],
    ['nats://s3cr3t-token@10.0.0.1:4222', 'nats://***@10.0.0.1:4222'],
    [
      '{"url":"rtsp://admin:secret@cam/1","next":"rtsp://admin:other@cam/2"}',
      '{"url":"rtsp://admin:***@cam/1","next":"rtsp://admin:***@cam/2"}',
    ],
    ['"{\\"url\\":\\"rtsp://admin:secret@cam/1\\"}"', '"{\\"url\\":\\"rtsp://admin:***@cam/1\\"}"'],
    ['rtsp://host/user=admin_password=hunter2_channel=1', 'rtsp://host/user=admin_password=***'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
    ['{"authorization":"Bearer abc.def","x":1}', '{"authorization":"Bearer ***","x":1}'],
    ['curl -H "Authorization: Basic YTpi" http://h', 'curl -H "Authorization: Basic ***" http://h'],
    ['sent Bearer abcdefgh.ijk as its token', 'sent Bearer *** as its token'],
    ['{"user":"a","password":"it\'s, so: \\"x\\"","port":1}', '{"user":"a","password":"***","port":1}'],
    ['{\\"token\\":\\"abc\\",\\"n\\":1}', '{\\"token\\":\\"***\\",\\"n\\":1}'],
    ['GET /a?X-Amz-Signature=abcdef&X-Amz-Expires=60 failed', 'GET /a?X-Amz-Signature=***&X-Amz-Expires=60 failed'],
  ])('%s', (text, wanted) => {
    expect(masked(text)).toBe(wanted);
  });

  it.each([
    'rtsp://10.0.0.1:554/stream',
    'mail a@b.c about http://host:8080/x',
    'http://host:8080/a@b and http://host/a@b',
    '{"url":"http://127.0.0.1:8080","by":"me@home"}',
    'NATS_PASS: wanted at least 8 characters, got nothing',
    'the token of the subject is the type; password = none',
    '2026-11-27T12:34:56.789Z cam_1: 3 of 4 (75 %) & more',
    'C:\\recordings\\cam_1',
  ])('%s holds none', (text) => {
    expect(masked(text)).toBe(text);
  });
});

describe('a secret that is known', () => {
  const secret = 'p@ss: "wörd"/50%\\n$&';

  it.each<[string, string]>([
    ['as it is', secret],
    ['with letters and digits beside it', `x${secret}y`],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in small letters', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['percent-encoded in part', secret.replace('%', '%25').replace('@', '%40')],
    ['as a form sends it', new URLSearchParams({ secret }).toString().slice('secret='.length)],
    ['as JSON', JSON.stringify(secret)],
    ['as JSON in JSON in JSON', JSON.stringify(JSON.stringify(JSON.stringify(secret)))],
    [
      'as JSON in ASCII',
      JSON.stringify(secret).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['percent-encoded JSON', encodeURIComponent(JSON.stringify({ secret }))],
    ['as HTML', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['behind a percent sign', `%${secret}`],
    ['behind a backslash', `\\${secret}`],
    ['many times', secret.repeat(50)],
  ])('is masked %s', (_, text) => {
    const shown = masked(`before ${text} after`, { values: [secret] });
    for (const piece of ['ss', 'rd', '50']) expect(shown).not.toContain(piece);
    expect(shown).toMatch(/^before .*\*\*\*.* after$/);
  });

  it('is masked also where configuration has it percent-encoded', () => {
    expect(masked('tried hunter@2:3', { values: ['hunter%402%3A3'] })).toBe('tried ***');
  });

  it('of four letters is masked as a whole word', () => {
    expect(masked('the latest test: test_1, "test"', { values: ['test'] })).toBe('the latest ***: ***_1, "***"');
  });

  it('of one to three characters is masked where passwords stand, and nowhere else', () => {
    const shown = masked('a camera: rtsp://admin:a@host/1?password=a b', { urls: ['rtsp://admin:a@host/1'] });
    expect(shown).toBe('a camera: rtsp://admin:***@host/1?password=*** b');
  });

  it('of several lines is known by each of them', () => {
    expect(
      masked('cannot use SUAAEFGHIJKLMNOPQR', { values: ['-----BEGIN-----\nSUAAEFGHIJKLMNOPQR\n-----END-----'] }),
    ).toBe('cannot use ***');
  });

  it('that overlaps another one is masked with it', () => {
    expect(masked('xabcdefghijx', { values: ['abcdefg', 'efghij', 'cdef'] })).toBe('x***x');
  });

  it('is masked whole where only a part of the text is wanted', () => {
    const secrets = new Secrets();
    secrets.add('0123456789');
    const text = '0123456789'.repeat(1000);
    expect(secrets.mask(`ab${text}`, { upTo: 7 })).toBe('ab***');
    expect(secrets.mask(`${text}ab`, { from: text.length - 5 })).toBe('***ab');
    expect(secrets.mask(`ab rtsp://u:${'x'.repeat(100_000)}@h`, { upTo: 20 })).toBe('ab rtsp://u:***');
    expect(secrets.mask('abc', { upTo: 2 })).toBe('ab');
  });
});

describe('a text longer than any mask shows', () => {
  const secrets = new Secrets();
  secrets.add('hunter2-of-the-cut');

  it.each([0, 1, 9, 17, 18, 100])(
    'is cut and says so; a secret of which %s characters stand before the cut is masked whole',
    (before) => {
      const text = `${'.'.repeat(MOST_SHOWN - before)}hunter2-of-the-cut${'.'.repeat(1_000_000)}`;
      const shown = secrets.mask(text);
      expect(shown).not.toMatch(/hunter2|cut\./);
      expect(shown.slice(MOST_SHOWN - before)).toMatch(
        before === 0 ? /^… \(cut: 10655\d\d characters\)$/ : /^\*\*\*\.*… \(cut: 1065\d\d\d characters\)$/,
      );
    },
  );

  it('is not cut where it is as long as one shows', () => {
    const text = '.'.repeat(MOST_SHOWN);
    expect(secrets.mask(text)).toBe(text);
  });
});

describe('what of a URL is secret', () => {
  it.each<[string, string[]]>([
    ['rtsp://admin:hunter22@10.0.0.1/stream', ['hunter22']],
    ['rtsp://admin:hunter%4022@10.0.0.1/stream', ['hunter%4022', 'hunter@22']],
    ['rtsp://john.doe:p@ss:w/rd@10.0.0.1/stream', ['p@ss:w/rd']],
    ['rtsp://us@er:hunter22@10.0.0.1/x', ['hunter22']],
    ['rtsp://admin:hunter22@10.0.0.1/user@home', ['hunter22']],
    ['rtsp://admin:1234567/x@10.0.0.1/x', ['1234567/x']],
    ['rtsp://10.0.0.1/user=admin_password=hunter22_channel=1_stream=0.sdp', ['hunter22']],
    ['rtsp://10.0.0.1/user=admin_password=hunt_er/22&_channel=1_stream=0.sdp', ['hunt_er/22&']],
    ['rtsp://10.0.0.1/user=admin&password=hunter22&channel=1', ['hunter22']],
    ['rtsp://10.0.0.1/live?loginuse=admin&loginpas=hunter22', ['hunter22']],
    ['rtsp://10.0.0.1/live?channel=1&authbasic=YWRtaW46eA==', ['YWRtaW46eA==']],
    ['rtsps://10.0.0.1:7441/Ab3dEf6hIj9kLm2n?enableSrtp', ['Ab3dEf6hIj9kLm2n']],
    ['nats://s3cr3t-token@10.0.0.1:4222', ['s3cr3t-token']],
    ['nats://s3cr3t/token=@10.0.0.1:4222', ['s3cr3t/token=']],
    ['nats://a:hunter22@h1:4222,nats://b:hunter33@h2:4222', ['hunter22', 'hunter33']],
    ['redis://:hunter22@127.0.0.1:6379', ['hunter22']],
    [':hunter22@127.0.0.1:6379', ['hunter22']],
    ['redis://127.0.0.1:6379?password=hunter22&family=4', ['hunter22']],
  ])('%s', (url, secrets) => {
    for (const secret of secrets) expect(masked(`got ${secret} here`, { urls: [url] })).toBe('got *** here');
    expect(masked('admin at 10.0.0.1, 127.0.0.1:6379 and h2, channel 1 of stream', { urls: [url] })).toBe(
      'admin at 10.0.0.1, 127.0.0.1:6379 and h2, channel 1 of stream',
    );
  });
});
