import { endReason } from './end-reason';

describe('endReason', () => {
  it.each([
    ['[rtsp @ 0x5] method DESCRIBE failed: 401 Unauthorized', 'camera_unauthorized'],
    ['[rtsp @ 0x5] method DESCRIBE failed: 404 Not Found', 'camera_not_found'],
    ['[tcp @ 0x5] Connection to tcp://127.0.0.1:1 failed: Connection refused', 'camera_refused'],
    ['rtsp://cam/1: No route to host', 'camera_refused'],
    ['[tcp @ 0x5] Failed to resolve hostname cam: Name or service not known', 'camera_not_found'],
    ["Stream map '0:v:0' matches no streams.", 'camera_no_video'],
    ["Stream map '' matches no streams.", 'camera_no_video'],
    ['[rtsp @ 0x5] method PLAY failed: 454 Session Not Found', 'camera_no_video'],
    ['[tcp @ 0x5] Failed to resolve hostname cam: Temporary failure in name resolution', 'camera_not_found'],
    ['[tcp @ 0x5] Failed to resolve hostname cam: Name does not resolve', 'camera_not_found'],
    ['rtsp://cam/1: Host is unreachable', 'camera_refused'],
    ['[rtsp @ 0x5] method SETUP failed: 453 Not Enough Bandwidth', 'camera_refused'],
    ['rtsp://cam/1: Server returned 5XX Server Error reply', 'camera_refused'],
    ['rtsp://cam/1: Connection timed out', 'camera_timeout'],
    ['', 'camera_disconnected'],
  ])('%s', (words, reason) => {
    expect(endReason({ lastWords: words, crashed: false })).toBe(reason);
  });

  it('tells an ffmpeg that was killed, and an encoder that failed, from a camera that went', () => {
    expect(endReason({ lastWords: '', crashed: true })).toBe('ffmpeg_failed');
    expect(endReason({ lastWords: '401 Unauthorized', crashed: false, encoderFailed: true })).toBe('encoder_failed');
  });
});
