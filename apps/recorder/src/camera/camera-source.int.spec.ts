// The real ffmpeg encodes cameras. If a test wants hardware, a script in front of ffmpeg says what the hardware would.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@vr/base';
import { cameraConfig, type CameraConfig } from '@vr/contracts';
import { Registry } from '@vr/service';
import {
  CAMERA_FPS,
  readPictures,
  readTruth,
  runToEnd,
  startCamera,
  startFaultCameras,
  temporaryFolder,
  type Camera,
  type TemporaryFolder,
} from '@vr/testing';
import { ENCODER_DEFAULTS, type EncoderSettings } from '../config';
import { BlockPool } from '../footage/block-pool';
import { FragmentStream } from '../footage/fragment-stream';
import { FfmpegCameraSource } from './ffmpeg-camera-source';

const pool = new BlockPool();
const LOOP_MS = 60_000;
const { PATH } = process.env;

class Lines {
  readonly infos: string[] = [];
  readonly warnings: string[] = [];
  info = (_: unknown, text = '') => void this.infos.push(text);
  warn = (_: unknown, text = '') => void this.warnings.push(text);
}

interface Recorded {
  path: string;
  /** The wall clock at the file's zero. The least delayed fragment gives it, as in the recorder. */
  anchorMs: number;
  mediaMs: number;
  bytes: number;
}

describe('an encoded camera', () => {
  let folder: TemporaryFolder;
  let camera: Camera;
  let lines: Lines;
  let registry: Registry;

  beforeEach(async () => {
    folder = await temporaryFolder();
    camera = await startCamera({ cameras: [1] });
    lines = new Lines();
    registry = new Registry();
  });
  afterEach(async () => {
    process.env.PATH = PATH;
    await camera.stop();
    await folder.remove();
  });

  const source = (settings: Partial<EncoderSettings> = {}) =>
    new FfmpegCameraSource({ ...ENCODER_DEFAULTS, ...settings }, lines, registry, systemClock);
  const entry = (fields: object = {}): CameraConfig =>
    cameraConfig.parse({ id: 'cam_1', url: camera.url(1), ...fields });

  /** Puts a script in front of the real ffmpeg (REAL), for everything that this process starts. */
  async function ffmpegThat(script: string): Promise<void> {
    const real = (await runToEnd('sh', ['-c', 'command -v ffmpeg'])).stdout.toString().trim();
    const path = join(folder.path, 'ffmpeg');
    await writeFile(path, `#!/bin/sh\n${script.replaceAll('REAL', real)}\nexec ${real} "$@"\n`);
    await chmod(path, 0o755);
    process.env.PATH = `${folder.path}:${PATH ?? ''}`;
  }

  async function record(from: FfmpegCameraSource, config: CameraConfig, lengthMs: number): Promise<Recorded> {
    const running = await from.open(config);
    const stream = new FragmentStream(pool);
    const chunks: Buffer[] = [];
    let [mediaMs, anchorMs] = [0, Infinity];
    await running.read((chunk) => {
      const arrivalMs = systemClock.nowMs();
      chunks.push(Buffer.from(chunk));
      for (const { mediaEndMs, blocks } of stream.push(chunk)) {
        pool.giveBack(blocks);
        // When ffmpeg is told to end, it hands over its last pictures too early.
        if (mediaMs < lengthMs) anchorMs = Math.min(anchorMs, arrivalMs - mediaEndMs);
        mediaMs = mediaEndMs;
      }
      // The process is gone only once its last byte is read, so awaiting it here would never end.
      if (mediaMs >= lengthMs) void running.end();
    });
    const path = join(folder.path, 'recorded.mp4');
    await writeFile(path, Buffer.concat(chunks));
    return { path, anchorMs, mediaMs, bytes: chunks.reduce((sum, { length }) => sum + length, 0) };
  }

  /** Gives the positions of the key frames among the pictures. */
  async function keyFrames(path: string): Promise<number[]> {
    const { stdout } = await runToEnd('ffprobe', [
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-show_entries',
      'packet=flags',
      '-of',
      'csv=p=0',
      path,
    ]);
    return stdout
      .toString()
      .trim()
      .split('\n')
      .flatMap((flags, i) => (flags.startsWith('K') ? [i] : []));
  }

  /** Gives the stamp of each picture minus the instant that the picture shows. */
  async function stampErrorsMs({ path, anchorMs }: Recorded): Promise<number[]> {
    const pictures = (await readPictures(path)).filter(({ ok }) => ok);
    return pictures.map(({ ptsSeconds, frame }) => {
      const error = anchorMs + ptsSeconds * 1000 - (frame * 1000) / CAMERA_FPS;
      return error - LOOP_MS * Math.round(error / LOOP_MS);
    });
  }

  const encoderMetric = async () =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('recorder_encoder_info{'));

  it("auto: says why no hardware encodes, and libx264 keeps BITRATE, GOP_SIZE and the pictures' times", async () => {
    const recorded = await record(source({ ENCODER: 'auto', BITRATE: 300_000, GOP_SIZE: 40 }), entry(), 8000);
    const keys = await keyFrames(recorded.path);
    expect(keys.length).toBeGreaterThan(4);
    keys.forEach((place, i) => expect(place).toBe(i * 40));
    const bitsPerSecond = (recorded.bytes * 8000) / recorded.mediaMs;
    expect(bitsPerSecond).toBeGreaterThan(225_000);
    expect(bitsPerSecond).toBeLessThan(375_000);
    const errorsMs = await stampErrorsMs(recorded);
    expect(errorsMs.length).toBeGreaterThan(180);
    // All errors are alike, so ffmpeg rounded or moved no single picture. A busy machine makes all of them larger.
    expect(Math.max(...errorsMs) - Math.min(...errorsMs)).toBeLessThan(2);

    expect(lines.warnings).toEqual([]);
    expect(lines.infos).toHaveLength(1);
    expect(lines.infos[0]).toMatch(
      /^the camera is encoded with libx264\. h264_nvenc: .+\. h264_nvmpi: .+\. h264_v4l2m2m: .+\. h264_vaapi: /,
    );
    expect(await encoderMetric()).toEqual(['recorder_encoder_info{camera="cam_1",encoder="libx264"} 1']);
  }, 60_000);

  it('stamps the first picture as the others where the camera begins with a key frame', async () => {
    const begins = await startFaultCameras({ cam: { beginsAt: 'keyFrame' } });
    try {
      const recorded = await record(source({ ENCODER: 'libx264' }), entry({ url: begins.url('cam') }), 2000);
      const errorsMs = await stampErrorsMs(recorded);
      expect(errorsMs.length).toBeGreaterThan(40);
      expect(Math.max(...errorsMs) - Math.min(...errorsMs)).toBeLessThan(2);
    } finally {
      await begins.stop();
    }
  }, 60_000);

  it("takes a camera's own bitrate and gop_size, and leaves the cameras that copy alone", async () => {
    const cameras = source({ ENCODER: 'copy' });
    const copied = await record(cameras, entry(), 2500);
    expect((await readTruth(copied.path)).length).toBeGreaterThan(40);
    const encoded = await record(
      cameras,
      entry({ id: 'cam_2', encoder: 'libx264', bitrate: '200k', gop_size: 15 }),
      3000,
    );
    expect((await keyFrames(encoded.path)).slice(0, 4)).toEqual([0, 15, 30, 45]);
    expect(lines.warnings).toEqual([]);
    expect(await encoderMetric()).toEqual([
      'recorder_encoder_info{camera="cam_1",encoder="copy"} 1',
      'recorder_encoder_info{camera="cam_2",encoder="libx264"} 1',
    ]);
  }, 60_000);

  const PROBE_PASSES = 'seq 0 24 | sed "s/^/0, /"; exit 0';
  /** ffmpeg 5.1 says this when all sessions are taken. */
  const OUT_OF_SESSIONS = [
    '[h264_nvenc @ 0x55d] OpenEncodeSessionEx failed: out of memory (10): (no details)',
    '[h264_nvenc @ 0x55d] No capable devices found',
    'Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - ' +
      'maybe incorrect parameters such as bit_rate',
  ].join('\n');

  it('goes on with the next encoder, within the same run, when the sessions of the card are taken', async () => {
    await ffmpegThat(
      `case "$*" in *lavfi*h264_nvenc*) ${PROBE_PASSES};; *h264_nvenc*) echo '${OUT_OF_SESSIONS}' >&2; exit 1;; esac`,
    );
    const cameras = source({ ENCODER: 'h264_nvenc', GOP_SIZE: 20 });
    const recorded = await record(cameras, entry(), 3000);
    expect((await keyFrames(recorded.path)).slice(0, 3)).toEqual([0, 20, 40]);
    expect(lines.infos).toEqual(['the camera is encoded with h264_nvenc']);
    expect(lines.warnings).toHaveLength(1);
    expect(lines.warnings[0]).toMatch(
      /^the camera is encoded with libx264 instead of h264_nvenc\. h264_nvenc: all encoder sessions .+ h264_vaapi: /,
    );
    expect(await encoderMetric()).toEqual(['recorder_encoder_info{camera="cam_1",encoder="libx264"} 1']);
    await record(cameras, entry(), 1000);
    expect(lines.warnings).toHaveLength(1);
  }, 60_000);

  it('takes the next encoder at the next connection when one breaks in the midst of recording', async () => {
    const asLibx264 = 'for a; do shift; [ "$a" = h264_v4l2m2m ] && a=libx264; set -- "$@" "$a"; done';
    const breaks = `${asLibx264}; REAL -t 2 "$@"; echo "Error submitting video frame to the encoder" >&2; exit 1`;
    await ffmpegThat(`case "$*" in *lavfi*h264_v4l2m2m*) ${PROBE_PASSES};; *h264_v4l2m2m*) ${breaks};; esac`);
    const cameras = source({ ENCODER: 'h264_v4l2m2m' });
    expect((await record(cameras, entry(), Infinity)).mediaMs).toBeGreaterThan(0);
    expect(lines.warnings).toEqual([]);
    expect((await record(cameras, entry(), 1000)).mediaMs).toBeGreaterThan(0);
    expect(lines.warnings).toHaveLength(1);
    expect(lines.warnings[0]).toMatch(
      /^the camera is encoded with libx264 instead of h264_v4l2m2m\. h264_v4l2m2m: Error submitting video frame/,
    );
  }, 60_000);

  it('records what the camera sends, loudly, when no encoder works', async () => {
    await ffmpegThat('case "$*" in *lavfi*) echo "Unknown encoder" >&2; exit 1;; esac');
    const recorded = await record(source({ ENCODER: 'h264_vaapi' }), entry(), 2500);
    expect((await readTruth(recorded.path)).length).toBeGreaterThan(40);
    expect(lines.warnings).toEqual([expect.stringMatching(/^NO ENCODER WORKS: .+ h264_vaapi: .+ libx264: /)]);
    expect(await encoderMetric()).toEqual(['recorder_encoder_info{camera="cam_1",encoder="copy"} 1']);
  }, 60_000);

  it('gives up an encoder that crashes without a word', async () => {
    await ffmpegThat(`case "$*" in *lavfi*) ${PROBE_PASSES};; *libx264*) kill -SEGV $$;; esac`);
    const cameras = source({ ENCODER: 'libx264' });
    expect((await record(cameras, entry(), 1000)).bytes).toBe(0);
    expect((await record(cameras, entry(), 1000)).bytes).toBe(0);
    expect((await record(cameras, entry(), 1000)).mediaMs).toBeGreaterThan(0);
    expect(lines.warnings).toEqual([expect.stringContaining('libx264: ffmpeg ended 3 times without a picture')]);
  }, 60_000);

  it('does not blame the encoder for a camera that refuses', async () => {
    const cameras = source({ ENCODER: 'libx264' });
    for (let i = 0; i < 4; i++) {
      const refused = await cameras.open(entry({ url: 'rtsp://127.0.0.1:9/cam1' }));
      await refused.read((chunk) => {
        throw new Error(`${chunk.length} bytes from nobody`);
      });
      expect((await refused.ending()).lastWords).toContain('Connection refused');
    }
    expect(lines.warnings).toEqual([]);
  }, 60_000);

  it('can be ended at any moment, also while it changes encoders', async () => {
    await ffmpegThat(`case "$*" in *lavfi*) ${PROBE_PASSES};; *h264_*) echo '${OUT_OF_SESSIONS}' >&2; exit 1;; esac`);
    const running = await source({ ENCODER: 'auto' }).open(entry());
    const reading = running.read((chunk) => expect(chunk.length).toBeGreaterThan(0));
    await running.end();
    await running.end();
    await reading;
  }, 60_000);
});
