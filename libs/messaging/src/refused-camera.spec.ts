import { cameraId } from '@vr/contracts';
import { parseBody } from './body';
import { refusedCamera } from './refused-camera';

const cameras = ['cam_1', 'cam_12', 'gate', '7', 'h5'].map((id) => ({ id: cameraId.parse(id) }));

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
    ['a short id beside its key', "{'camera_id': 'h5', 'n': 7}", 'h5'],
    ['a short id that is a number', '{"camera_id": 7, "timestamp": ', '7'],
    ['a short id in a form', 'timestamp=1&camera_id=h5&x=2', 'h5'],
    ['a short id in XML', '<event><camera_id>h5</camera_id></event>', 'h5'],
    ['a short id under another name', '{"CameraID":"h5"}', 'h5'],
    ['a short id in an object', '{"camera":{"id":"h5"}}', 'h5'],
    ['a short id in text that was encoded twice', String.raw`"{\"camera\": \"h5\", "`, 'h5'],
    ['a short id in MessagePack', '\u0082\u00a9camera_id\u00a2h5\u00a4type\u00a1x', 'h5'],
  ])('by %s', (_, text, camera) => {
    expect(cameraOf(text)).toBe(camera);
  });

  it.each([
    ["is another machine's", '{"camera_id":"cam_9","note":"cam_1"}'],
    ['is none', '{"timestamp":1}'],
    ['is only part of a word', '{"CameraID":"xcam_1","b":"gate-2"}'],
    ['has an id so short that it stands anywhere', '{"n":7'],
    [
      'has a short id as the value of something else',
      "{'camera_name': 'h5', 'type': 'h5', 'cameras': 7, 'camera': 'yard', 'id': 7}",
    ],
    ['is a longer id that begins with ours', "{'camera_id': 'h55'} {'camera_id': '7-a'}"],
    ['is written in another case', "{'camera_id': 'H5'}"],
  ])('that %s is nobody', (_, text) => {
    expect(cameraOf(text)).toBeUndefined();
  });
});
