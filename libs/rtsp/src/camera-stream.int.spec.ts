/** Our own RTSP client on a real RTSP server (gst-rtsp-server), judged by the truth in each picture. */
import { systemClock } from '@vr/base';
import { startCamera, until, type Camera, type CameraOptions } from '@vr/testing';
import { CameraStream, type CameraStreamOptions } from './camera-stream';
import { H264Depacketizer } from './depacketize-h264';
import { H265Depacketizer } from './depacketize-h265';
import { PictureAssembler, type Picture } from './picture-assembler';
import { ReadingTurns } from './reading-turns';
import type { SenderReport } from './rtcp';
import { RtspFault } from './rtsp-fault';

interface Seen extends Picture {
  /** Counts pictures since 1970, as the camera wrote it into the picture. */
  shown: number;
}

class Viewer {
  readonly pictures: Seen[] = [];
  readonly reports: { report: SenderReport; arrivalMs: number }[] = [];
  private bytes: Buffer[] = [];
  readonly assembler: PictureAssembler;
  private readonly depacketizer: H264Depacketizer | H265Depacketizer;

  constructor(codec: 'h264' | 'h265') {
    const memory = {
      append: (bytes: Buffer, from: number, to: number) => void this.bytes.push(Buffer.from(bytes.subarray(from, to))),
      patchUint32: () => undefined,
      drop: () => void (this.bytes = []),
    };
    this.assembler = new PictureAssembler(codec, memory, (picture) => {
      const whole = Buffer.concat(this.bytes);
      this.bytes = [];
      expect(whole.length).toBe(picture.sizeBytes);
      this.pictures.push({ ...picture, shown: Number(/ n=(\d+) /.exec(whole.toString('latin1'))?.[1] ?? NaN) });
    });
    this.depacketizer = codec === 'h264' ? new H264Depacketizer(this.assembler) : new H265Depacketizer(this.assembler);
  }

  readonly sink = {
    packet: (...[packet, arrivalMs, lost]: Parameters<H264Depacketizer['packet']>) =>
      this.depacketizer.packet(packet, arrivalMs, lost),
    report: (report: SenderReport, arrivalMs: number) => void this.reports.push({ report, arrivalMs }),
    restarted: () => this.assembler.finish(),
    goodbye: () => undefined,
  };
}

const OPTIONS: CameraStreamOptions = {
  timeoutMs: 5000,
  transport: 'tcp',
  audio: false,
  nowMs: () => systemClock.nowMs(),
};

describe('CameraStream', () => {
  let camera: Camera | undefined;
  afterEach(async () => {
    await camera?.stop();
    camera = undefined;
  });

  async function seen(
    cameraOptions: CameraOptions,
    options: Partial<CameraStreamOptions>,
    pictures: number,
  ): Promise<Viewer> {
    camera = await startCamera(cameraOptions);
    const stream = await CameraStream.open(camera.url(), { ...OPTIONS, ...options });
    const viewer = new Viewer(stream.video.encoding === 'h264' ? 'h264' : 'h265');
    await stream.start({ video: viewer.sink, audio: viewer.sink });
    await until(() => viewer.pictures.length >= pictures, { what: `${pictures} pictures`, deadlineMs: 20_000 });
    await stream.end();
    expect((await stream.ended).message).toBe('we ended the session');
    return viewer;
  }

  function expectEachPictureOnce({ pictures, assembler }: Viewer): void {
    expect(assembler.counts.damaged).toBeLessThanOrEqual(1); // where the session began
    const numbers = pictures.map(({ shown }) => shown);
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
    const ticks = pictures.slice(1).map(({ timestamp }, i) => (timestamp - (pictures[i]?.timestamp ?? 0)) >>> 0);
    // The server counts nanoseconds, and rounds them to ticks.
    for (const each of ticks) expect(Math.abs(each - 3600)).toBeLessThanOrEqual(1);
    expect(pictures.filter(({ key }) => key).length).toBeGreaterThan(0);
  }

  it.each([
    ['h264', 'tcp', 'digest'],
    ['h265', 'tcp', 'basic'],
    ['h264', 'udp', 'none'],
    ['h265', 'udp', 'digest'],
  ] as const)('brings each picture of %s over %s (%s) once, with its stamp', async (codec, transport, auth) => {
    expectEachPictureOnce(await seen({ codec, auth }, { transport }, 60));
  });

  it('reads a few times a second, where connections take turns, and loses nothing', async () => {
    const turns = new ReadingTurns(systemClock, { eagerAtFirstMs: 0 });
    const viewer = await seen({}, { turns }, 75);
    expectEachPictureOnce(viewer);
    // Pictures of one read have one arrival, within the millisecond or two that reading takes.
    const reads = viewer.pictures.filter(
      ({ arrivalMs }, i) => arrivalMs - (viewer.pictures[i - 1]?.arrivalMs ?? 0) > 20,
    );
    expect(reads.length).toBeLessThan(75 / 25 / 0.14 + 1);
  });

  it("hears the camera's clock", async () => {
    const viewer = await seen({}, {}, 60);
    const [first] = viewer.reports;
    expect(Math.abs((first?.report.cameraMs ?? 0) - (first?.arrivalMs ?? 0))).toBeLessThan(1000);
  });

  it('says that a password is wrong, without it', async () => {
    camera = await startCamera({});
    const url = camera.url().replace('camera1', 'hunter2');
    const fault: unknown = await CameraStream.open(url, OPTIONS).catch((error: unknown) => error);
    expect(fault).toMatchObject({ kind: 'unauthorized', status: 401 });
    expect(String(fault)).not.toContain('hunter2');
  });

  it('says that there is no such path, and that nothing listens', async () => {
    camera = await startCamera({ auth: 'none' });
    await expect(CameraStream.open(`${camera.url()}9`, OPTIONS)).rejects.toMatchObject({
      kind: 'refused',
      status: 404,
    });
    const { port } = camera;
    await camera.stop();
    await expect(CameraStream.open(`rtsp://127.0.0.1:${port}/cam1`, OPTIONS)).rejects.toBeInstanceOf(RtspFault);
  });

  it('ends when the camera closes the connection', async () => {
    camera = await startCamera({});
    const stream = await CameraStream.open(camera.url(), OPTIONS);
    const viewer = new Viewer('h264');
    await stream.start({ video: viewer.sink });
    await until(() => viewer.pictures.length > 0, { what: 'a picture', deadlineMs: 20_000 });
    await camera.kill();
    expect(await stream.ended).toMatchObject({ kind: 'closed' });
  });
});
