import { hostNameOf, isLoopback } from './host-name';

describe('the name in a Host header', () => {
  it.each([
    ['recorder.lan:8080', 'recorder.lan'],
    ['RECORDER.lan.', 'recorder.lan'],
    ['my_box', 'my_box'],
    ['127.0.0.1:8080', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['[::1]:8080', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
  ])('of %s is %s', (header, name) => expect(hostNameOf(header)).toBe(name));

  it.each([
    undefined,
    '',
    ':8080',
    'a b',
    'evil@127.0.0.1',
    '127.0.0.1/',
    '127.0.0.1, evil',
    '127.0.0.1#evil',
    '-evil',
    '[::1',
    '[::1]evil',
    'a:b',
    '127.0.0.1:123456',
    '999.1.1.1',
    'exämple.org',
  ])('is none in %p', (header) => expect(hostNameOf(header)).toBeUndefined());

  it('is of this machine alone where it is loopback', () => {
    expect(['127.0.0.1', '::1', 'localhost', '127.1.2.3'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', 'recorder.lan', ''].some(isLoopback)).toBe(false);
  });
});
