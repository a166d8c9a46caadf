import { cameraId, clipKey, eventClipId, requestedClipId } from '@vr/contracts';
import { suffixedClipId } from './suffixed-id';

const cam = cameraId.parse('cam_1');
const other = cameraId.parse('1_2');

describe('clip names', () => {
  it('hold the camera and the instant in seconds with three decimals', () => {
    expect(eventClipId(cam, 1_732_723_200_123)).toBe('event_cam_1_1732723200.123');
    expect(eventClipId(cam, 1_732_723_200_000)).toBe('event_cam_1_1732723200.000');
    expect(requestedClipId(cam, 1_732_723_200_005, 1_732_723_230_000)).toBe('clip_cam_1_1732723200.005_1732723230.000');
  });

  it('tell two events of one instant apart, the same way every time', () => {
    const clipId = eventClipId(cam, 1_732_723_200_123);
    const suffixed = suffixedClipId(clipId, 'id:cam_1:b');
    expect(suffixed).toMatch(/^event_cam_1_1732723200\.123_[0-9a-f]{6}$/);
    expect(suffixedClipId(clipId, 'id:cam_1:b')).toBe(suffixed);
    expect(suffixedClipId(suffixed, 'id:cam_1:b')).toBe(suffixed);
    expect(suffixedClipId(clipId, 'id:cam_1:c')).not.toBe(suffixed);
  });

  it('lie below the camera and the UTC day of the instant in them', () => {
    const lastMs = Date.UTC(2026, 10, 23, 23, 59, 59, 999);
    expect(clipKey({ clipId: eventClipId(cam, lastMs) }, 'mp4')).toBe(
      'cam_1/2026-11-23/event_cam_1_1795478399.999.mp4',
    );
    expect(clipKey({ clipId: suffixedClipId(requestedClipId(other, lastMs + 1, lastMs + 9000), 'x') }, 'jpg')).toMatch(
      /^1_2\/2026-11-24\/clip_1_2_/,
    );
  });
});
