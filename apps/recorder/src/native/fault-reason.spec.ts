import { RtspFault } from '@vr/rtsp';
import { faultReason } from './fault-reason';

describe('faultReason', () => {
  it.each([
    [new RtspFault('invalid', 'wanted an RTSP message'), 'stream_invalid'],
    [new RtspFault('unauthorized', 'DESCRIBE failed', 401), 'camera_unauthorized'],
    [new RtspFault('refused', 'DESCRIBE failed', 404), 'camera_not_found'],
    [new RtspFault('refused', 'SETUP failed', 453), 'camera_refused'],
    [new RtspFault('unsupported', 'wanted H.264 or H.265, got no video'), 'camera_no_video'],
    [new RtspFault('unsupported', 'wanted H.264 or H.265, got jpeg'), 'unsupported_codec'],
    [new RtspFault('silent', 'no answer to PLAY in 10000 ms'), 'camera_timeout'],
    [new RtspFault('closed', 'the connection broke: connect ECONNREFUSED 127.0.0.1:9'), 'camera_refused'],
    [new RtspFault('closed', 'the connection broke: getaddrinfo ENOTFOUND cam'), 'camera_not_found'],
    [new RtspFault('closed', '127.0.0.1:9 closed the connection'), 'camera_disconnected'],
  ])('%s: %s', (fault, reason) => expect(faultReason(fault)).toBe(reason));
});
