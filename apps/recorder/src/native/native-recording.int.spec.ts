/** A camera recorded without ffmpeg, judged by the truth in each picture and by the readers of all footage. */
import { jest } from '@jest/globals';
import { systemClock } from '@vr/base';
import { CHANNEL, jumpsIn, readTruth, runToEnd, startLink, until } from '@vr/testing';
import { FfmpegCameraSource } from '../camera/ffmpeg-camera-source';
import { RecordedCamera } from '../testing/recorded-camera';

describe('recording a camera with the native source', () => {
  let recorded: RecordedCamera;
  beforeEach(async () => {
    recorded = await RecordedCamera.start();
  });
  afterEach(() => recorded.end());

  it('rolls segments at key frames without losing or doubling a frame, and stamps them truly', async () => {
    const ffmpegs = jest.spyOn(FfmpegCameraSource.prototype, 'open');
    recorded.record({ clock: systemClock, segmentMs: 3000, source: 'native' });
    await recorded.recorded(28_000);
    expect(ffmpegs).not.toHaveBeenCalled();
    await recorded.stop();
    const segments = await recorded.segments();
    expect(segments.length).toBeGreaterThanOrEqual(3);
    const truths = await Promise.all(segments.map(({ path }) => readTruth(path)));
    expect(truths.flat().length).toBeGreaterThan(600);
    expect(jumpsIn(truths.flat())).toEqual([]);
    segments.forEach(({ startMs }, i) => expect(Math.abs(startMs - (truths[i]?.[0]?.wallMs ?? NaN))).toBeLessThan(150));
    for (const { path } of segments)
      expect((await runToEnd('ffmpeg', ['-v', 'warning', '-i', path, '-f', 'null', '-'])).stderr).toBe('');
    segments.slice(1).forEach((segment, i) => expect(segment.startMs - (segments[i]?.endMs ?? 0)).toBe(0));
    expect(await recorded.findings(systemClock)).toEqual([]);
  });

  it('leaves out pictures with missing packets, counts both, and records on', async () => {
    let packets = 0;
    const lost = { packets: 0 };
    const link = await startLink({
      port: recorded.camera.port,
      onPacket: ({ channel }) => {
        // A key frame's loss would cost the pictures behind it as well: the first ones all come.
        const isLost = channel === CHANNEL.video && ++packets > 100 && packets % 97 === 0;
        if (isLost) lost.packets++;
        return !isLost;
      },
    });
    try {
      recorded.record({ clock: systemClock, source: 'native', url: link.url(recorded.camera.url(1)) });
      await recorded.recorded(8000);
      await recorded.stop();
      expect(lost.packets).toBeGreaterThan(0);
      // What was on its way at the end had not been read yet.
      expect(lost.packets - recorded.losses.packets).toBeLessThanOrEqual(1);
      expect(recorded.losses.pictures).toBeGreaterThan(0);
      expect(recorded.losses.pictures).toBeLessThanOrEqual(recorded.losses.packets);
      expect(await recorded.gaps()).toEqual([]);
      expect(await recorded.findings(systemClock)).toEqual([]);
    } finally {
      link.close();
    }
  });

  it('says that a camera went away, and records it again when it is back', async () => {
    recorded.record({ clock: systemClock, source: 'native' });
    await recorded.recorded(3000);
    await recorded.camera.kill();
    await until(() => recorded.states.some(([state]) => state === 'offline'), { what: 'offline', deadlineMs: 15_000 });
    expect(recorded.states.find(([state]) => state === 'offline')).toEqual(['offline', 'camera_disconnected']);
    await recorded.camera.restart();
    await recorded.recorded(3000);
    await recorded.stop();
    expect((await recorded.gaps()).map(({ reason }) => reason)).toEqual(['camera_disconnected']);
    expect(await recorded.findings(systemClock)).toEqual([]);
  });
});
