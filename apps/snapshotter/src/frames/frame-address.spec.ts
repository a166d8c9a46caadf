import { networkInterfaces } from 'node:os';
import { checkFrameUrl, isPrivateAddress, openAddresses } from './frame-address';

describe('where a frame may come from', () => {
  it.each([
    ...[
      'http://127.0.0.1/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://0.0.0.0/',
      'http://localhost/',
    ],
    ...[
      'http://127.1/',
      'http://0177.0.0.1/',
      'http://017700000001/',
      'http://127.0.0.1./',
      'http://0/',
      'https://127.0.0.1:443/',
      'http://127.255.255.254/',
    ],
    ...[
      'http://[::ffff:7f00:1]/',
      'http://[0:0:0:0:0:ffff:127.0.0.1]/',
      'http://[::127.0.0.1]/',
      'http://[64:ff9b::7f00:1]/',
      'http://[2002:7f00:1::]/',
      'http://[::ffff:169.254.169.254]/',
    ],
    ...[
      'http://10.0.0.9@127.0.0.1/',
      'http://user:10.0.0.9@127.0.0.1/',
      'http://127.0.0.1#@10.0.0.9/',
      'http://127.0.0.1\\@10.0.0.9/',
      'http://①②⑦.⓪.⓪.①/',
      'http://127。0。0。1/',
      'http://%31%32%37.0.0.1/',
    ],
    ...[
      'http://169.254.169.254/latest',
      'http://2852039166/',
      'http://[fe80::1]/',
      'http://[::]/',
      'http://8.8.8.8/f.jpg',
      'http://[2001:db8::1]/',
      'http://[fd00:ec2::254]/',
      'http://[fd20:ce::254]/',
      'http://100.100.100.200/',
    ],
    ...[
      'http://224.0.0.1/',
      'http://255.255.255.255/',
      'http://[ff02::1]/',
      'http://172.32.0.1/',
      'http://192.167.255.255/',
      'http://11.0.0.1/',
      'http://100.128.0.1/',
    ],
  ])('without FRAME_HOSTS not %s', async (url) => {
    await expect(openAddresses(checkFrameUrl(url, undefined), undefined)).rejects.toMatchObject({
      code: 'invalid_payload',
      message: expect.stringContaining('FRAME_HOSTS') as string,
    });
  });

  it('without FRAME_HOSTS into private networks', async () => {
    expect(await openAddresses(checkFrameUrl('http://10.0.0.9:8080/f.jpg', undefined), undefined)).toEqual([
      { address: '10.0.0.9', family: 4 },
    ]);
    expect(
      ['10.0.0.1', '192.168.1.5', '172.20.0.3', '100.64.0.1', 'fd12::1', '::ffff:10.0.0.1'].every(isPrivateAddress),
    ).toBe(true);
    expect(
      ['172.32.0.1', '8.8.8.8', '127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.0.1'].some(isPrivateAddress),
    ).toBe(false);
  });

  it("without FRAME_HOSTS to none of this machine's own addresses, whichever it has now", async () => {
    const to = (url: string, ...own: string[]): Promise<unknown> => {
      const common = { netmask: '', mac: '', internal: false, cidr: null };
      const all = own.map((address) =>
        address.includes(':')
          ? { ...common, address, family: 'IPv6' as const, scopeid: 0 }
          : { ...common, address, family: 'IPv4' as const },
      );
      return openAddresses(checkFrameUrl(url, undefined), undefined, () => ({ eth0: all }));
    };
    const refused = { code: 'invalid_payload', message: expect.stringContaining('another machine') as string };
    for (const url of [
      'http://192.168.1.5:29180/x.jpg',
      'http://[::ffff:192.168.1.5]/',
      'http://3232235781/',
      'http://[fd00::2]:29180/x.jpg',
    ]) {
      await expect(to(url, '192.168.1.5', 'fd00::2')).rejects.toMatchObject(refused);
      expect(await to(url, '192.168.1.6', 'fd00::3')).toHaveLength(1);
    }
    const mine = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ address }) => isPrivateAddress(address));
    for (const { address, family } of mine)
      await expect(
        openAddresses(new URL(family === 'IPv6' ? `http://[${address}]/` : `http://${address}/`), undefined),
      ).rejects.toMatchObject(refused);
  });

  it('with FRAME_HOSTS only there', () => {
    for (const hosts of [['streams'], ['streams:8080']])
      expect(checkFrameUrl('http://streams:8080/f.jpg', hosts).host).toBe('streams:8080');
    expect(() => checkFrameUrl('http://streams:22/f.jpg', ['streams:8080'])).toThrow(/FRAME_HOSTS/);
    expect(() => checkFrameUrl('http://streams.evil/f.jpg', ['streams'])).toThrow(/FRAME_HOSTS/);
    expect(() => checkFrameUrl('http://streams@evil/f.jpg', ['streams'])).toThrow(/FRAME_HOSTS/);
    expect(() => checkFrameUrl('ftp://streams/f.jpg', ['streams'])).toThrow(/http/);
  });

  it('with FRAME_HOSTS also to this machine by name, but link-local only where the address is named', async () => {
    expect(await openAddresses(new URL('http://127.0.0.1:8080/'), ['127.0.0.1'])).toEqual([
      { address: '127.0.0.1', family: 4 },
    ]);
    expect((await openAddresses(new URL('http://localhost/'), ['localhost'])).length).toBeGreaterThan(0);
    expect(await openAddresses(new URL('http://169.254.7.7/'), ['169.254.7.7'])).toEqual([
      { address: '169.254.7.7', family: 4 },
    ]);
  });
});
