import { natsOptions } from './nats-options';

describe('natsOptions', () => {
  it.each([
    ['nats://10.0.0.1:4222', { servers: ['10.0.0.1:4222'] }],
    ['10.0.0.1', { servers: ['10.0.0.1'] }],
    ['nats://a:4222, nats://b:4222/', { servers: ['a:4222', 'b:4222'] }],
    ['nats://john.doe:p@ss:w/rd@h:4222', { servers: ['h:4222'], user: 'john.doe', pass: 'p@ss:w/rd' }],
    ['nats://john:p%40ss@h', { servers: ['h'], user: 'john', pass: 'p@ss' }],
    ['nats://s3cret@h:4222', { servers: ['h:4222'], token: 's3cret' }],
    ['tls://h:4222', { servers: ['h:4222'], tls: {} }],
  ])('%s', (url, expected) => {
    expect(natsOptions({ NATS_URL: url })).toMatchObject(expected);
  });

  it('prefers the settings with names of their own to what the URL holds', () => {
    expect(natsOptions({ NATS_URL: 'nats://a:b@h', NATS_USER: 'c', NATS_PASS: 'd' })).toMatchObject({
      user: 'c',
      pass: 'd',
    });
    expect(natsOptions({ NATS_URL: 'nats://h', NATS_TOKEN: 't' })).toMatchObject({ token: 't' });
  });

  it('has its inboxes where NATS_INBOX_PREFIX says', () => {
    expect(natsOptions({ NATS_URL: 'h', NATS_INBOX_PREFIX: '_INBOX.clipper' })).toMatchObject({
      inboxPrefix: '_INBOX.clipper',
    });
  });

  it('never gives up', () => {
    expect(natsOptions({ NATS_URL: 'h' })).toMatchObject({
      reconnect: true,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
    });
  });

  it('says which credentials file it cannot read', () => {
    expect(() => natsOptions({ NATS_URL: 'h', NATS_CREDS: '/nowhere/our.creds' })).toThrow(/nowhere\/our.creds/);
    for (const text of [
      'SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY',
      'eyJ0eXAiOiJKV1Qi.x/y',
      '/eyJ0+x==',
    ]) {
      const read = (): unknown => natsOptions({ NATS_URL: 'h', NATS_CREDS: text });
      expect(read).toThrow(/got something that is no path, and is not shown \(ENOENT\)/);
      expect(read).not.toThrow(text);
    }
  });
});
