import { addressOf } from './doorkeeper';

describe('addressOf', () => {
  const socket = { remoteAddress: '::ffff:10.0.0.1' };

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('is what a proxy says: %s', (ip, wanted) => expect(addressOf({ ip, socket })).toBe(wanted));

  it.each([undefined, '', 'x'.repeat(15_000), '203.0.113.7:4711', 'unknown', '::ffff:x'])(
    'is the socket’s where a proxy says what is no address (%#)',
    (ip) => expect(addressOf({ ip, socket })).toBe('10.0.0.1'),
  );

  it('takes no words behind an address', () => {
    expect(addressOf({ ip: `fe80::1%${'x'.repeat(15_000)}`, socket })).toBe('fe80::1');
  });
});
