import { cameraId } from '@vr/contracts';
import { parseBody } from './body';
import { refusedCamera } from './refused-camera';

const cameras = ['cam_1', 'cam_12', 'gate', '7'].map((id) => ({ id: cameraId.parse(id) }));

function cameraOf(text: string): string | undefined {
  const body = new TextEncoder().encode(text);
  let payload: unknown;
  try {
    payload = parseBody(body);
  } catch {
    payload = undefined;
  }
  return refusedCamera({ payload, body }, cameras);
}

describe('the camera that a refused message names', () => {
  it.each([
    ['its field', '{"camera_id":"cam_12","timestamp":"x"}', 'cam_12'],
    ['a number', '{"camera_id":7,"timestamp":"x"}', '7'],
    ['`camera`', '{"camera":"gate","timestamp":"x"}', 'gate'],
    ["Nest's envelope", '{"pattern":"p","data":{"camera_id":"cam_1","timestamp":"x"}}', 'cam_1'],
    ['a field of another name', '{"CameraID":"cam_1"}', 'cam_1'],
    ['a nested object', '{"data":{"camera_id":"cam_1"}}', 'cam_1'],
    ['no JSON at all', "{'camera_id': 'cam_12', 'gate': 1}", 'cam_12'],
  ])('by %s', (_, text, camera) => {
    expect(cameraOf(text)).toBe(camera);
  });

  it.each([
    ["is another machine's", '{"camera_id":"cam_9","note":"cam_1"}'],
    ['is none', '{"timestamp":1}'],
    ['is only part of a word', '{"CameraID":"xcam_1","b":"gate-2"}'],
    ['has an id so short that it stands anywhere', '{"n":7'],
  ])('that %s is nobody', (_, text) => {
    expect(cameraOf(text)).toBeUndefined();
  });
});
