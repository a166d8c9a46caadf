import { hostNameOf } from '@vr/base';
import { HostNames } from './host-names';

describe('host names that the console answers to', () => {
  const names = new HostNames(
    { allowed: ['recorder.lan', 'Jetson:8080'], publicUrl: 'https://cameras.example.org:8443/' },
    () => ['127.0.0.1', '192.168.1.5', 'fd00::5'],
  );
  const accepts = (header: string, localAddress = '127.0.0.1'): boolean =>
    names.accepts(hostNameOf(header) ?? '', localAddress);

  it.each([
    'localhost',
    '127.0.0.1:1',
    '127.8.8.8',
    '[::1]',
    'recorder.lan',
    'jetson',
    'cameras.example.org',
    '192.168.1.5:8080',
    '[fd00::5]',
  ])('hold %s', (header) => {
    expect(accepts(header)).toBe(true);
  });

  it.each([
    'evil.example',
    'recorder.lan.evil.example',
    'localhost.evil.example',
    'sub.recorder.lan',
    '127.0.0.1.evil.example',
    '192.168.1.6',
    '0.0.0.0',
    '[::]',
    '8.8.8.8',
    '',
  ])('do not hold %s', (header) => {
    expect(accepts(header)).toBe(false);
  });

  it('hold the address that the connection came to', () => {
    expect([
      accepts('10.0.0.9', '10.0.0.9'),
      accepts('10.0.0.9', '::ffff:10.0.0.9'),
      accepts('10.0.0.9', '10.0.0.8'),
    ]).toEqual([true, true, false]);
  });
});
