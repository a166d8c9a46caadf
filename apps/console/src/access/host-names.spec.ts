import { HostNames, isLoopback, nameOf } from './host-names';

describe('the name in a Host header', () => {
  it.each([
    ['recorder.lan:8080', 'recorder.lan'],
    ['RECORDER.lan.', 'recorder.lan'],
    ['my_box', 'my_box'],
    ['127.0.0.1:8080', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['[::1]:8080', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
  ])('of %s is %s', (header, name) => expect(nameOf(header)).toBe(name));

  it.each([undefined, '', ':8080', 'a b', 'evil@127.0.0.1', '127.0.0.1/', '127.0.0.1, evil', '127.0.0.1#evil', '-evil', '[::1', '[::1]evil', 'a:b', '127.0.0.1:123456', '999.1.1.1', 'exämple.org'])(
    'is none in %p',
    (header) => expect(nameOf(header)).toBeUndefined(),
  );
});

describe('host names that the console answers to', () => {
  const names = new HostNames({ allowed: ['recorder.lan', 'Jetson:8080'], publicUrl: 'https://cameras.example.org:8443/' }, () => ['127.0.0.1', '192.168.1.5', 'fd00::5']);
  const accepts = (header: string, localAddress = '127.0.0.1'): boolean => names.accepts(nameOf(header) ?? '', localAddress);

  it.each(['localhost', '127.0.0.1:1', '127.8.8.8', '[::1]', 'recorder.lan', 'jetson', 'cameras.example.org', '192.168.1.5:8080', '[fd00::5]'])('hold %s', (header) => {
    expect(accepts(header)).toBe(true);
  });

  it.each(['evil.example', 'recorder.lan.evil.example', 'localhost.evil.example', 'sub.recorder.lan', '127.0.0.1.evil.example', '192.168.1.6', '0.0.0.0', '[::]', '8.8.8.8', ''])('do not hold %s', (header) => {
    expect(accepts(header)).toBe(false);
  });

  it('hold the address that the connection came to', () => {
    expect([accepts('10.0.0.9', '10.0.0.9'), accepts('10.0.0.9', '::ffff:10.0.0.9'), accepts('10.0.0.9', '10.0.0.8')]).toEqual([true, true, false]);
  });

  it('are of this machine alone where they are loopback', () => {
    expect(['127.0.0.1', '::1', 'localhost', '127.1.2.3'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', 'recorder.lan', ''].some(isLoopback)).toBe(false);
  });
});
