import { neededFor } from './route-rights';

describe('what a route needs', () => {
  it.each([
    ['GET', '/api/cameras/cam_1/timeline', 'viewer', 'cam_1'],
    ['HEAD', '/api/cameras/cam_1/clip.mp4', 'viewer', 'cam_1'],
    ['GET', '/api/cameras/%63am_1/timeline', 'viewer', 'cam_1'],
    ['GET', '/api/media/clips/cam_2/2026-11-28/event_cam_2_1.mp4', 'viewer', 'cam_2'],
    ['GET', '/api/media/clips/cam_2%2f2026-11-28/a.mp4', 'viewer', 'cam_2'],
    ['GET', '/api/footage/nothing.mp4', 'viewer', undefined],
    ['GET', '/api/footage/cam_1_20261123_021500.123Z_10.mp4', 'viewer', 'cam_1'],
    ['GET', '/api/footage/cam_1.sub_20261123_021500.123Z_10.mp4', 'viewer', 'cam_1'],
    ['GET', '/api/footage/cam_1.sub_20261123_021500.123Z.part.mp4', 'viewer', 'cam_1'],
    ['POST', '/api/cameras/cam_1/protect', 'operator', 'cam_1'],
    ['DELETE', '/api/clips/nothing', 'operator', undefined],
  ])('%s %s: %s of %s', (method, path, least, id) => {
    expect(neededFor(method, path)).toMatchObject({ least, camera: { id } });
  });

  it.each(['/', '/app.js', '/index.html', '/vendor/hls.min.js', '/app/', '/app/events', '/app/assets/index-a_B1.js'])(
    '%s is the page, and no camera',
    (path) => {
      expect(neededFor('GET', path)).toEqual({ least: 'viewer' });
    },
  );

  it.each([
    ['GET', '/queues/'],
    ['GET', '/Queues/a.js'],
    ['GET', '/API/cameras'],
    ['GET', '/api/cameras/'],
    ['GET', '/api/cameras/cam_1/timeline/'],
    ['GET', '/api/cameras/cam_1/x/timeline'],
    ['GET', '/api/cameras/%E0%A4%A/timeline'],
    ['GET', '//app.js'],
    ['GET', '/app/../api/cameras'],
    ['GET', '/app/%2e%2e/x'],
    ['GET', '/app//x'],
    ['GET', '/apples'],
    ['POST', '/'],
    ['PUT', '/api/cameras'],
    ['GET', '/api/tomorrow'],
  ])('%s %s is not in the table', (method, path) => {
    expect(neededFor(method, path)).toBeUndefined();
  });
});
