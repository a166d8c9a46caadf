// One built recorder records all kinds of pictures that cameras send.
import { readdir, readFile } from 'node:fs/promises';
import type { Segment } from '@vr/footage';
import { jumpsIn, readTruth, runToEnd, type Camera } from '@vr/testing';
import { LATE_MS, RecordedStreams, shown, stampErrors } from '../testing/recorded-streams';

const PASSWORD = 'p@ss:w/rd%#?ü';
const FRAME_MS = 40;

/** Reads the command lines of the recorder's children, as every user of the machine can. */
async function commandLines(recorderPid: number): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''); // the process has ended meanwhile
      return status.includes(`\nPPid:\t${recorderPid}\n`)
        ? readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        : '';
    }),
  );
  return lines.filter((line) => line !== '');
}

async function videoOf(segment: Segment): Promise<{ tag: string; size: string }> {
  const { stdout, stderr } = await runToEnd('ffprobe', [
    '-v',
    'warning',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=codec_tag_string,width,height',
    '-of',
    'csv=p=0',
    segment.path,
  ]);
  expect(stderr).toBe('');
  const [tag = '', width = '', height = ''] = stdout.toString().trim().split(',');
  return { tag, size: `${width}x${height}` };
}

describe('pictures', () => {
  const streams = new RecordedStreams();
  let processList: string[] = [];
  const ids = ['withheld', 'udp', 'b264', 'b265', 'variable', 'tls'];

  beforeAll(async () => {
    const plain = await streams.camera({ cameras: [1, 2] });
    await plain.withholdKeyFrames(1);
    const b264 = await streams.camera({ bFrames: 2, otherSize: '320x240' });
    const b265 = await streams.camera({ codec: 'h265', bFrames: 2, otherSize: '320x240' });
    const variable = await streams.camera({ variableRate: true, password: PASSWORD });
    const basic = await streams.camera({ password: PASSWORD, auth: 'basic' });
    const tls = await streams.link({ port: basic.port, tls: true });
    const typed = (from: Camera): string => from.url().replace(encodeURIComponent(PASSWORD), PASSWORD);
    await streams.record(
      [
        { id: 'withheld', url: plain.url(1) },
        { id: 'udp', url: plain.url(2), transport: 'udp' },
        { id: 'b264', url: b264.url() },
        { id: 'b265', url: b265.url() },
        { id: 'variable', url: typed(variable) },
        { id: 'tls', url: tls.url(typed(basic)) },
      ],
      { STALL_SECONDS: '8' }, // ffmpeg probes a stream for 5 s if no key frame comes
    );
    await streams.grown(ids.slice(1), 10_000); // longer than a stall may last
    expect(await streams.segments('withheld')).toEqual([]);
    processList = await commandLines(streams.worker.pid);
    await Promise.all([plain.releaseKeyFrames(1), b264.switchSize(), b265.switchSize()]);
    await streams.grown(ids, 4000);
    await streams.worker.stop();
  }, 120_000);
  afterAll(() => streams.end());

  it('a key frame that is long in coming is no stall', async () => {
    expect(streams.ended('withheld')).toEqual([]);
    const [segment, ...others] = await streams.segments('withheld');
    expect(others).toEqual([]);
    const { errorsMs, lost } = await stampErrors(segment as Segment);
    expect(lost).toBe(0);
    expect(Math.max(...errorsMs.map(Math.abs))).toBeLessThan(LATE_MS);
  });

  it('shows no password to the users of the machine, nor in its log', () => {
    expect(processList.filter((line) => line.includes('-rtsp_transport')).length).toBe(ids.length);
    for (const text of [...processList, ...streams.worker.logs]) expect(text).not.toMatch(/p@ss|p%40ss|w%2Frd/);
  });

  it.each([
    ['udp', 0],
    ['b264', 3], // an encoder with two B-frames holds pictures back by two frames, and the reader by one
    ['b265', 3],
    ['variable', 0],
    ['tls', 0],
  ])('%s: no picture is lost, and each has its true stamp', async (id, heldBackFrames) => {
    expect(streams.ended(id)).toEqual([]);
    const segments = await streams.segments(id);
    expect(
      jumpsIn(shown((await Promise.all(segments.map(({ path }) => readTruth(path)))).flat(), heldBackFrames)),
    ).toEqual([]);
    for (const segment of segments) {
      const { errorsMs, lost } = await stampErrors(segment);
      expect(lost).toBe(0);
      // ffmpeg guesses the times of a run's first pictures as if their rate were even. It squeezes those that do not
      // fit.
      const settled = id === 'variable' ? errorsMs.slice(50) : errorsMs;
      expect(Math.min(...settled)).toBeGreaterThan(-FRAME_MS);
      expect(Math.max(...settled)).toBeLessThan(LATE_MS + heldBackFrames * FRAME_MS);
    }
    expect(await streams.gaps(id)).toEqual([]);
  });

  it.each([
    ['b264', 'avc1'],
    ['b265', 'hvc1'],
  ])('%s: another size is another segment, without a gap, and each plays in its own', async (id, tag) => {
    const segments = await streams.segments(id);
    const [first, second] = segments;
    expect(segments).toHaveLength(2);
    expect(await videoOf(first as Segment)).toEqual({ tag, size: '640x360' });
    expect(await videoOf(second as Segment)).toEqual({ tag, size: '320x240' });
    expect(second?.startMs).toBe(first?.endMs);
  });
});
