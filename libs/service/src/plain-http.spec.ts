import { plainHttp } from './plain-http';

/** The status that a worker at `httpHost` answers to a request for its metrics by this name. 200: it is handed on. */
function statusOf(httpHost: string, host: string | undefined, allowed?: readonly string[], path = '/metrics'): number {
  let status = 0;
  const response = {
    set: () => response,
    status: (code: number) => {
      status = code;
      return response;
    },
    json: () => response,
  };
  plainHttp(httpHost, allowed)({ path, headers: host === undefined ? {} : { host } }, response, () => (status = 200));
  return status;
}

describe('a worker beyond loopback', () => {
  it.each([
    'recorder:9101',
    'localhost:9101',
    '127.0.0.1:9101',
    '192.168.1.5:9101',
    '[fd00::2]:9101',
    'recorder.lan:9101',
    'RECORDER.LAN.',
  ])('shows its metrics to who asks by %s', (host) => expect(statusOf('0.0.0.0', host, ['recorder.lan'])).toBe(200));

  it.each([
    'evil.example',
    'evil.example:9101',
    'recorder.lan.evil.example',
    '192.168.1.5.evil.example',
    '',
    'a b',
    undefined,
  ])('does not to who asks by %s: a page may have made that name lead here', (host) => {
    expect([statusOf('0.0.0.0', host, ['recorder.lan']), statusOf('0.0.0.0', host, [], '/health/ready')]).toEqual([
      403, 403,
    ]);
    expect(statusOf('0.0.0.0', host, [], '/health/live')).toBe(200);
  });
});

describe('a worker on loopback', () => {
  it('is asked by names of this machine, and by those that are allowed', () => {
    expect(['recorder:9101', '192.168.1.5', 'recorder.lan'].map((host) => statusOf('127.0.0.1', host))).toEqual([
      403, 403, 403,
    ]);
    expect(
      ['localhost', '127.0.0.1:9101', 'recorder.lan'].map((host) => statusOf('127.0.0.1', host, ['recorder.lan'])),
    ).toEqual([200, 200, 200]);
  });
});
