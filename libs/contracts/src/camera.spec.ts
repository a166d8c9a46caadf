import { cameraConfig, camerasFile } from './camera';

const camera = (fields: object) => cameraConfig.safeParse({ id: 'cam_1', url: 'rtsp://10.0.0.5/x', ...fields });
const fault = (fields: object) =>
  camera(fields)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ');

describe("a camera's encoder", () => {
  it.each([
    ['2M', 2_000_000],
    ['1.5m', 1_500_000],
    ['500k', 500_000],
    ['750K', 750_000],
    ['2000000', 2_000_000],
    [2_000_000, 2_000_000],
  ])('bitrate %s is %d bits a second', (typed, bitsPerSecond) => {
    expect(camera({ bitrate: typed }).data?.bitrate).toBe(bitsPerSecond);
  });

  it.each(['2', 2, '2G', '2 M', '-2M', 'fast', '', '900M', Number.NaN, null, {}])('refuses the bitrate %j', (typed) => {
    expect(fault({ bitrate: typed })).toBe(
      'bitrate: wanted bits per second from 50k to 200M, such as 2M, 500k or 2000000',
    );
  });

  it.each([0, -1, 1.5, 9001, 'often', ''])('refuses the gop_size %j', (typed) => {
    expect(fault({ gop_size: typed })).toContain('gop_size: wanted a key frame every 1 to 9000 pictures');
  });

  it('names the encoders there are to one that mistyped', () => {
    expect(fault({ encoder: 'libx246' })).toBe(
      'encoder: wanted one of copy, auto, h264_nvenc, h264_nvmpi, h264_v4l2m2m, h264_vaapi, libx264',
    );
    expect(camera({ encoder: 'auto', gop_size: '30' }).data).toMatchObject({ encoder: 'auto', gop_size: 30 });
    expect(camerasFile.safeParse({ cameras: [{ id: 'a', url: 'rtsp://a/b' }] }).data?.cameras[0]).not.toHaveProperty(
      'encoder',
    );
  });
});
