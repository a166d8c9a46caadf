import { maskPasswords } from './redact';

describe('maskPasswords', () => {
  it.each([
    ['rtsp://admin:secret@10.0.0.1:554/stream', 'rtsp://admin:***@10.0.0.1:554/stream'],
    ['rtsp://john.doe:p@ss:w/rd@10.0.0.1/stream', 'rtsp://john.doe:***@10.0.0.1/stream'],
    ['error opening rtsp://a:b@h/1: refused, then rtsp://c:d%40@h/2', 'error opening rtsp://a:***@h/1: refused, then rtsp://c:***@h/2'],
    ['redis://:hunter2@127.0.0.1:6379', 'redis://:***@127.0.0.1:6379'],
    ['{"url":"rtsp://admin:secret@cam/1","next":"rtsp://admin:other@cam/2"}', '{"url":"rtsp://admin:***@cam/1","next":"rtsp://admin:***@cam/2"}'],
    ['rtsp://10.0.0.1:554/stream', 'rtsp://10.0.0.1:554/stream'],
    ['mail a@b.c about http://host:8080/x', 'mail a@b.c about http://host:8080/x'],
  ])('%s', (text, masked) => {
    expect(maskPasswords(text)).toBe(masked);
  });
});
