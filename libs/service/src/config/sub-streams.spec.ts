import { maskSecrets } from '@vr/base';
import { loadCameras } from './cameras';

describe('a sub-stream from the environment', () => {
  it('belongs to the camera beside it, and its password is masked', () => {
    const subUrl = 'rtsp://u:sub-w0rd-97@h/sub';
    const cameras = loadCameras(undefined, { CAMERA_CAM_1_URL: 'rtsp://h/1', CAMERA_CAM_1_SUB_URL: subUrl });
    expect(cameras).toMatchObject([{ id: 'cam_1', url: 'rtsp://h/1', sub_url: subUrl }]);
    expect(maskSecrets(`cannot open ${subUrl}`)).not.toContain('sub-w0rd-97');
  });

  it('is refused by name where it is no RTSP, without its text', () => {
    const load = () =>
      loadCameras(undefined, { CAMERA_CAM_1_URL: 'rtsp://h/1', CAMERA_CAM_1_SUB_URL: 'http://u:hunter2@h/s' });
    expect(load).toThrow(/sub_url of cam_1: wanted rtsp/);
    expect(load).not.toThrow(/hunter2/);
  });

  it('is a camera where no camera is beside it, as it was before there were sub-streams', () => {
    expect(loadCameras(undefined, { CAMERA_GATE_SUB_URL: 'rtsp://h/1' })).toMatchObject([{ id: 'gate_sub' }]);
  });
});
