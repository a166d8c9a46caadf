import { systemClock } from '@vr/base';
import { FRAMES_PER_SECOND, picturesOf, TestStream } from '@vr/recorded';
import { temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LiveTail, type LiveFragment, type LiveSetUp } from './live-tail';

const ZERO = Math.floor(Date.now() / 1000) * 1000 - 60_000;

class Heard {
  setUps: LiveSetUp[] = [];
  fragments: LiveFragment[] = [];
  readonly setUp = (setUp: LiveSetUp): void => void this.setUps.push(setUp);
  readonly fragment = (fragment: LiveFragment): void => void this.fragments.push(fragment);
  get seconds(): number[] {
    return this.fragments.map(({ startMs }) => (startMs - ZERO) / 1000);
  }
  whenSeconds(...wanted: number[]): Promise<unknown> {
    return until(() => this.seconds.join() === wanted.join(), {
      what: `the seconds ${wanted.join()}`,
      deadlineMs: 5000,
    }).catch((error: unknown) => {
      throw new Error(`heard ${this.seconds.join()}`, { cause: error });
    });
  }
}

describe('the tail of what is being written', () => {
  let folder: TemporaryFolder;
  let stream: TestStream;
  let camera: string;
  let count = 0;
  const leave: (() => void)[] = [];
  beforeAll(async () => {
    folder = await temporaryFolder('tail');
    stream = await TestStream.encode(12);
  });
  afterAll(() => folder.remove());
  beforeEach(() => (camera = `cam_${++count}`));
  afterEach(() => leave.splice(0).forEach((end) => end()));

  function tail(): LiveTail {
    return new LiveTail(folder.path, camera, systemClock, (error) => {
      throw error;
    });
  }
  function watch(from: LiveTail): Heard {
    const heard = new Heard();
    leave.push(from.watch(heard));
    return heard;
  }

  it('begins with the newest key frame, and goes on with each fragment that is written', async () => {
    const writer = await stream.record(folder.path, camera, ZERO, 0, 4, 'open');
    const heard = watch(tail());
    await heard.whenSeconds(2, 3);
    expect(heard.fragments.map(({ key, durationMs }) => [key, durationMs])).toEqual([
      [true, 1000],
      [false, 1000],
    ]);
    expect(heard.setUps).toMatchObject([
      { zeroMs: ZERO, width: 320, height: 180, codecs: expect.stringMatching(/^avc1\./) as string },
    ]);
    await stream.append(writer, ZERO, 4, 6);
    await heard.whenSeconds(2, 3, 4, 5);
    await writer.abandon();
  });

  it('goes over into the next file without leaving anything out', async () => {
    const writer = await stream.record(folder.path, camera, ZERO, 0, 2, 'open');
    const heard = watch(tail());
    await heard.whenSeconds(0, 1);
    await stream.append(writer, ZERO, 2, 4);
    await writer.close();
    const next = await stream.record(folder.path, camera, ZERO, 4, 8, 'open');
    await heard.whenSeconds(0, 1, 2, 3, 4, 5, 6, 7);
    expect(heard.setUps.map(({ zeroMs }) => zeroMs - ZERO)).toEqual([0, 4000]);
    await next.abandon();
  });

  it('says where zero is now when a young file is found to begin earlier', async () => {
    const writer = await stream.record(folder.path, camera, ZERO, 0, 2, 'open');
    const heard = watch(tail());
    await heard.whenSeconds(0, 1);
    await writer.moveStart(ZERO - 500);
    await until(() => heard.setUps.length === 2, { what: 'another set-up', deadlineMs: 5000 });
    await stream.append(writer, ZERO - 500, 2, 4);
    await heard.whenSeconds(0, 1, 1.5, 2.5);
    expect(heard.setUps.map(({ zeroMs }) => zeroMs - ZERO)).toEqual([0, -500]);
    await writer.abandon();
  });

  it('waits for the first file, and for the next where there is none', async () => {
    const heard = watch(tail());
    const first = await stream.record(folder.path, camera, ZERO, 0, 2, 'open');
    await heard.whenSeconds(0, 1);
    await first.close();
    const second = await stream.record(folder.path, camera, ZERO, 6, 8, 'open');
    await heard.whenSeconds(0, 1, 6, 7);
    await second.abandon();
  });

  it('gives whoever comes later the same, from the newest key frame on, and reads the file once', async () => {
    const writer = await stream.record(folder.path, camera, ZERO, 0, 4, 'open');
    const shared = tail();
    const first = watch(shared);
    await first.whenSeconds(2, 3);
    const second = watch(shared);
    expect(second.seconds).toEqual([2, 3]);
    expect(second.fragments[0]?.bytes).toBe(first.fragments[0]?.bytes);
    expect(await openFiles(`/${camera}_`)).toBe(2); // the writer's, and one of ours
    await writer.abandon();
  });

  it('lets go of the file when nobody watches any more', async () => {
    const writer = await stream.record(folder.path, camera, ZERO, 0, 4, 'open');
    const shared = tail();
    const heard = watch(shared);
    await heard.whenSeconds(2, 3);
    leave.splice(0).forEach((end) => end());
    await until(async () => (await openFiles(`/${camera}_`)) === 1, { what: 'the end of reading', deadlineMs: 5000 });
    await stream.append(writer, ZERO, 4, 6);
    await watch(shared).whenSeconds(4, 5);
    expect(heard.seconds).toEqual([2, 3]);
    await writer.abandon();
  });

  it('decodes to exactly the pictures that were written', async () => {
    const writer = await stream.record(folder.path, camera, ZERO, 0, 2, 'open');
    const heard = watch(tail());
    await heard.whenSeconds(0, 1);
    await stream.append(writer, ZERO, 2, 6);
    await heard.whenSeconds(0, 1, 2, 3, 4, 5);
    const path = join(folder.path, 'heard.mp4');
    const [init] = heard.setUps.map((setUp) => setUp.init);
    await writeFile(path, [init ?? Buffer.alloc(0), ...heard.fragments.map(({ bytes }) => bytes)]);
    expect(await picturesOf(path)).toEqual(stream.pictures.slice(0, 6 * FRAMES_PER_SECOND));
    await writer.abandon();
  });
});

/** How many files of this process have this in their path. */
async function openFiles(part: string): Promise<number> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((path) => path.includes(part)).length;
}
