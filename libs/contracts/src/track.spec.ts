import { cameraConfig } from './camera';
import { cameraOfTrack, isTrack, streamOfTrack, streamsOf, trackOf } from './track';

describe('tracks', () => {
  it.each(['cam_1', 'a', 'sub', 'cam-sub'])('of %s read back as written', (camera) => {
    for (const stream of ['main', 'sub'] as const) {
      const track = trackOf(camera, stream);
      expect([cameraOfTrack(track), streamOfTrack(track), isTrack(track)]).toEqual([camera, stream, true]);
    }
  });

  it.each(['.sub', 'cam_1.sub.sub', 'cam_1.main', '../x.sub', 'cam_1.SUB', ''])('pass over %j', (name) => {
    expect(isTrack(name)).toBe(false);
  });

  it('of a camera are independent: a change of one stream changes nothing of the other', () => {
    const fields = { id: 'cam_1', url: 'rtsp://h/main', encoder: 'libx264' };
    const [main, none] = streamsOf(cameraConfig.parse(fields));
    const [same, sub] = streamsOf(cameraConfig.parse({ ...fields, sub_url: 'rtsp://h/sub', sub_retention_days: 30 }));
    expect(none).toBeUndefined();
    expect(same).toEqual(main);
    expect(sub).toMatchObject({ id: 'cam_1.sub', url: 'rtsp://h/sub', encoder: 'copy' });
  });
});
