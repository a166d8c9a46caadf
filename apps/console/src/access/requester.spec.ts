import { isOurPageOrNone, originOf, type PageHeaders } from './requester';

const OURS = ['http://recorder.lan:8080', 'https://cameras.example.org'];
const PROGRAM: PageHeaders = { method: 'GET', site: undefined, mode: undefined, dest: undefined, origin: undefined };
const img = { site: 'cross-site', mode: 'no-cors', dest: 'image' };

describe('a request', () => {
  it.each<[string, Partial<PageHeaders>]>([
    ['of a program', {}],
    ['of a program that changes something', { method: 'POST' }],
    ['of our page', { site: 'same-origin', mode: 'cors', dest: 'empty' }],
    ['of our page, which changes something', { method: 'POST', site: 'same-origin', origin: OURS[0] }],
    ['of our page in a LAN', { method: 'POST', origin: 'http://recorder.lan:8080' }],
    ['of our page behind a proxy', { method: 'POST', origin: 'https://cameras.example.org' }],
    ['of a person who typed the address', { site: 'none', mode: 'navigate', dest: 'document' }],
    ['of a person who followed a link', { site: 'cross-site', mode: 'navigate', dest: 'document' }],
  ])('%s is taken', (_, headers) => expect(isOurPageOrNone({ ...PROGRAM, ...headers }, OURS)).toBe(true));

  it.each<[string, Partial<PageHeaders>]>([
    ['for an image in another site', img],
    ['for an image in a page of another port', { ...img, site: 'same-site' }],
    ['for an image, of a site that a browser of tomorrow names', { ...img, site: 'near-site' }],
    ['for a frame', { ...img, mode: 'navigate', dest: 'iframe' }],
    ['for an object', { ...img, mode: 'navigate', dest: 'object' }],
    ['for a script', { ...img, dest: 'script' }],
    ['for a video', { ...img, dest: 'video' }],
    ['by fetch', { site: 'cross-site', mode: 'cors', dest: 'empty', origin: 'http://evil.example' }],
    ['by fetch in a LAN', { origin: 'http://evil.lan' }],
    [
      'by a form',
      { method: 'POST', site: 'cross-site', mode: 'navigate', dest: 'document', origin: 'http://evil.example' },
    ],
    ['by a form in a LAN', { method: 'POST', origin: 'http://evil.lan' }],
    ['by a form of nobody’s page', { method: 'POST', origin: 'null' }],
    ['by a form of a page of another port', { method: 'POST', origin: 'http://recorder.lan:8081' }],
    ['by a form of our name over another protocol', { method: 'POST', origin: 'https://recorder.lan:8080' }],
    ['by DELETE', { method: 'DELETE', site: 'cross-site', mode: 'cors', dest: 'empty' }],
    [
      'that asks beforehand',
      { method: 'OPTIONS', site: 'cross-site', mode: 'cors', dest: 'empty', origin: 'http://evil.example' },
    ],
  ])('%s is not', (_, headers) => expect(isOurPageOrNone({ ...PROGRAM, ...headers }, OURS)).toBe(false));

  it('is compared by origins as browsers write them', () => {
    expect(['http://Recorder.lan:80/x', 'https://a:443', 'http://[::1]:8080', 'null', 'data:x'].map(originOf)).toEqual([
      'http://recorder.lan',
      'https://a',
      'http://[::1]:8080',
      undefined,
      undefined,
    ]);
  });
});
