import { encodedUrl, splitUrl } from './url-credentials';

describe('encodedUrl', () => {
  it.each([
    ['rtsp://john.doe:p@ss:w/rd@10.0.0.5:554/live?ch=1', 'rtsp://john.doe:p%40ss%3Aw%2Frd@10.0.0.5:554/live?ch=1'],
    ['rtsp://admin:p%40ss@10.0.0.5/', 'rtsp://admin:p%40ss@10.0.0.5/'],
    ['rtsp://admin:50%@10.0.0.5/', 'rtsp://admin:50%25@10.0.0.5/'],
    ['rtsp://admin:grüße😀@10.0.0.5/', 'rtsp://admin:gr%C3%BC%C3%9Fe%F0%9F%98%80@10.0.0.5/'],
    ['rtsp://admin:a?b#c%d/e:f@g@10.0.0.5/', 'rtsp://admin:a%3Fb%23c%25d%2Fe%3Af%40g@10.0.0.5/'],
    ['rtsp://10.0.0.5:554/live', 'rtsp://10.0.0.5:554/live'],
    ['rtsp://10.0.0.5:554/user=a@b', 'rtsp://10.0.0.5:554/user=a@b'],
  ])('%s', (typed, encoded) => {
    expect(encodedUrl(typed)).toBe(encoded);
  });
});

describe('splitUrl', () => {
  it.each([
    [
      'rtsp://us@er:p@ss:w/rd@10.0.0.5/x',
      { scheme: 'rtsp://', user: 'us@er', password: 'p@ss:w/rd', address: '10.0.0.5/x' },
    ],
    ['nats://token@h1:4222', { scheme: 'nats://', user: 'token', password: undefined, address: 'h1:4222' }],
    [':hunter2@127.0.0.1:6379', { scheme: '', user: '', password: 'hunter2', address: '127.0.0.1:6379' }],
    ['//admin:hunter2@10.0.0.5/x', { scheme: '//', user: 'admin', password: 'hunter2', address: '10.0.0.5/x' }],
    ['rtsp://10.0.0.5:554/user=a@b', { scheme: 'rtsp://', address: '10.0.0.5:554/user=a@b' }],
    ['rtsp://10.0.0.5/user=a@b', { scheme: 'rtsp://', address: '10.0.0.5/user=a@b' }],
    ['10.0.0.5:9000', { scheme: '', address: '10.0.0.5:9000' }],
  ])('%s', (url, parts) => {
    expect(splitUrl(url)).toEqual(parts);
  });
});
