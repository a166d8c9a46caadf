import { shareAddress, worksOutside } from './share-address';

describe('the address of a share', () => {
  it.each([
    ['https://cams.example.org', true],
    ['https://203.0.113.7:8443', true],
    ['https://[2001:db8::1]', true],
    ['http://127.0.0.1:8080', false],
    ['http://192.168.1.20', false],
    ['http://172.20.0.3', false],
    ['http://100.100.1.1', false],
    ['http://[fd00::1]', false],
    ['http://[::1]:8080', false],
    ['http://jetson', false],
    ['http://jetson.local.', false],
    ['http://cams.home.arpa', false],
  ])('%s works outside the house: %s', (url, works) => {
    expect(worksOutside(url)).toBe(works);
  });

  it('is the public one where that leads outside, else the one that was asked', () => {
    const request = { protocol: 'http', headers: { host: '192.168.1.20:8080' } };
    expect(shareAddress('https://cams.example.org/', request, 'T')).toBe('https://cams.example.org/s/T');
    expect(shareAddress('http://127.0.0.1:8080', request, 'T')).toBe('http://192.168.1.20:8080/s/T');
  });
});
