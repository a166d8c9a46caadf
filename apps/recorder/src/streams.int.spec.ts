// Streams as cameras send them, recorded by the built recorder, one process for all of them.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listSegments, newestFragment, readGaps, type Segment } from '@vr/footage';
import {
  CHANNEL,
  jumpsIn,
  readPictures,
  readTruth,
  runToEnd,
  startCamera,
  startLink,
  startWorker,
  temporaryFolder,
  until,
} from '@vr/testing';
import type { Camera, Link, TemporaryFolder, TruthSample, WorkerProcess } from '@vr/testing';

const PASSWORD = 'p@ss:w/rd%#?ü';
/** As the contract has it for a camera that holds nothing back: p99 under 120 ms. */
const LATE_MS = 120;
const FRAME_MS = 40;

let folder: TemporaryFolder;
let worker: WorkerProcess;
let cameras: Camera[] = [];
let links: Link[] = [];

async function camera(...[options]: Parameters<typeof startCamera>): Promise<Camera> {
  const started = await startCamera(options);
  cameras.push(started);
  return started;
}

async function link(...[options]: Parameters<typeof startLink>): Promise<Link> {
  const started = await startLink(options);
  links.push(started);
  return started;
}

async function record(
  configured: { id: string; url: string; transport?: string; audio?: string }[],
  settings: Record<string, string> = {},
): Promise<void> {
  folder = await temporaryFolder();
  const file = join(folder.path, 'cameras.yaml');
  await writeFile(file, JSON.stringify({ cameras: configured })); // JSON is YAML too
  worker = await startWorker('recorder', {
    CAMERAS_FILE: file,
    RECORDINGS_DIR: folder.path,
    NATS_URL: 'nats://127.0.0.1:9',
    ...settings,
  });
}

async function end(): Promise<void> {
  await worker.stop();
  for (const each of links) each.close();
  for (const each of cameras) await each.stop();
  await folder.remove();
  cameras = [];
  links = [];
}

const segmentsOf = (id: string): Promise<Segment[]> => listSegments(folder.path, id);
/** Until so much footage stands from here on. */
async function grown(id: string, ms: number): Promise<void> {
  const endOf = async (): Promise<number | undefined> => (await newestFragment(folder.path, id))?.piece.endMs;
  const from = await until(endOf, { what: `footage of ${id}`, deadlineMs: 30_000 });
  await until(async () => ((await endOf()) ?? 0) >= from + ms, {
    what: `${ms} ms more of ${id}`,
    deadlineMs: ms + 30_000,
  });
}
const grownAll = (ids: string[], ms: number): Promise<unknown> => Promise.all(ids.map((id) => grown(id, ms)));
const ended = (id: string): string[] =>
  worker.logs.filter((line) => line.includes(id) && line.includes('stream ended'));

/** What every user of the machine can read of the recorder's children. */
async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''); // it has ended meanwhile
      return status.includes(`\nPPid:\t${worker.pid}\n`)
        ? readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        : '';
    }),
  );
  return lines.filter((line) => line !== '');
}

/**
 * In the order of their instants. The last group of B-frames may be cut through its middle when the recorder is told to
 * stop.
 */
const shown = (truth: TruthSample[], cutEnd = 0): TruthSample[] => {
  const sorted = [...truth].sort((a, b) => a.frame - b.frame);
  return cutEnd > 0 ? sorted.slice(0, -cutEnd) : sorted;
};

/** Stamp of each picture as a player shows it, less the instant that it shows. */
async function stampErrors(segment: Segment): Promise<{ errorsMs: number[]; lost: number }> {
  const truth = shown(await readTruth(segment.path));
  const pictures = await readPictures(segment.path);
  const errorsMs = pictures.map(({ ptsSeconds }, i) => segment.startMs + ptsSeconds * 1000 - (truth[i]?.wallMs ?? NaN));
  return { errorsMs, lost: truth.length - pictures.filter(({ ok }) => ok).length };
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
  let processList: string[] = [];
  const ids = ['withheld', 'udp', 'b264', 'b265', 'variable', 'tls'];

  beforeAll(async () => {
    const plain = await camera({ cameras: [1, 2] });
    await plain.withholdKeyFrames(1);
    const b264 = await camera({ bFrames: 2, otherSize: '320x240' });
    const b265 = await camera({ codec: 'h265', bFrames: 2, otherSize: '320x240' });
    const variable = await camera({ variableRate: true, password: PASSWORD });
    const basic = await camera({ password: PASSWORD, auth: 'basic' });
    const tls = await link({ port: basic.port, tls: true });
    const typed = (from: Camera): string => from.url().replace(encodeURIComponent(PASSWORD), PASSWORD);
    await record(
      [
        { id: 'withheld', url: plain.url(1) },
        { id: 'udp', url: plain.url(2), transport: 'udp' },
        { id: 'b264', url: b264.url() },
        { id: 'b265', url: b265.url() },
        { id: 'variable', url: typed(variable) },
        { id: 'tls', url: tls.url(typed(basic)) },
      ],
      { STALL_SECONDS: '8' }, // ffmpeg looks at a stream for 5 s where no key frame comes
    );
    await grownAll(ids.slice(1), 10_000); // longer than a stall may last
    expect(await segmentsOf('withheld')).toEqual([]);
    processList = await commandLines();
    await Promise.all([plain.releaseKeyFrames(1), b264.switchSize(), b265.switchSize()]);
    await grownAll(ids, 4000);
    await worker.stop();
  }, 120_000);
  afterAll(end);

  it('a key frame that is long in coming is no stall', async () => {
    expect(ended('withheld')).toEqual([]);
    const [segment, ...others] = await segmentsOf('withheld');
    expect(others).toEqual([]);
    const { errorsMs, lost } = await stampErrors(segment as Segment);
    expect(lost).toBe(0);
    expect(Math.max(...errorsMs.map(Math.abs))).toBeLessThan(LATE_MS);
  });

  it('shows no password to the users of the machine, nor in its log', () => {
    expect(processList.filter((line) => line.includes('-rtsp_transport')).length).toBe(ids.length);
    for (const text of [...processList, ...worker.logs]) expect(text).not.toMatch(/p@ss|p%40ss|w%2Frd/);
  });

  it.each([
    ['udp', 0],
    ['b264', 3], // an encoder with two B-frames holds pictures back by two frames, and the reader by one
    ['b265', 3],
    ['variable', 0],
    ['tls', 0],
  ])('%s: no picture is lost, and each has its true stamp', async (id, heldBackFrames) => {
    expect(ended(id)).toEqual([]);
    const segments = await segmentsOf(id);
    expect(
      jumpsIn(shown((await Promise.all(segments.map(({ path }) => readTruth(path)))).flat(), heldBackFrames)),
    ).toEqual([]);
    for (const segment of segments) {
      const { errorsMs, lost } = await stampErrors(segment);
      expect(lost).toBe(0);
      // ffmpeg guesses the times of a run's first pictures as if their rate were even, and squeezes what does not fit.
      const settled = id === 'variable' ? errorsMs.slice(50) : errorsMs;
      expect(Math.min(...settled)).toBeGreaterThan(-FRAME_MS);
      expect(Math.max(...settled)).toBeLessThan(LATE_MS + heldBackFrames * FRAME_MS);
    }
    expect(await readGaps(folder.path, id, 0, Date.now())).toEqual([]);
  });

  it.each([
    ['b264', 'avc1'],
    ['b265', 'hvc1'],
  ])('%s: another size is another segment, without a gap, and each plays in its own', async (id, tag) => {
    const segments = await segmentsOf(id);
    const [first, second] = segments;
    expect(segments).toHaveLength(2);
    expect(await videoOf(first as Segment)).toEqual({ tag, size: '640x360' });
    expect(await videoOf(second as Segment)).toEqual({ tag, size: '320x240' });
    expect(second?.startMs).toBe(first?.endMs);
  });
});

describe('sound', () => {
  let reference: Buffer;
  const adts = async (input: string, options: string[] = []): Promise<Buffer> =>
    (
      await runToEnd('ffmpeg', [
        '-v',
        'error',
        '-nostdin',
        ...options,
        '-i',
        input,
        '-map',
        '0:a:0',
        '-c',
        'copy',
        '-f',
        'adts',
        'pipe:1',
      ])
    ).stdout;
  const kinds = ['aac', 'pcma', 'pcmu', 'g726', 'l16'] as const;
  const ids = [...kinds, 'none', 'late', 'stops', 'off'];

  beforeAll(async () => {
    const started = await Promise.all(kinds.map((audio) => camera({ audio })));
    const silent = await camera();
    let lateHolds = true;
    let stopsHolds = false;
    const isSound = (channel: number): boolean => channel === CHANNEL.audio || channel === CHANNEL.audioReport;
    const pcma = started[1] as Camera;
    const late = await link({ port: pcma.port, onPacket: ({ channel }) => !(lateHolds && isSound(channel)) });
    const stops = await link({ port: pcma.port, onPacket: ({ channel }) => !(stopsHolds && isSound(channel)) });
    await record([
      ...kinds.map((id, i) => ({ id, url: started[i]?.url() ?? '', audio: 'on' })),
      { id: 'none', url: silent.url(), audio: 'on' },
      { id: 'late', url: late.url(pcma.url()), audio: 'on' },
      { id: 'stops', url: stops.url(pcma.url()), audio: 'on' },
      { id: 'off', url: pcma.url(), audio: 'off' },
    ]);
    await grownAll(ids, 3000);
    reference = await adts(started[0]?.url() ?? '', ['-rtsp_transport', 'tcp', '-t', '3']);
    lateHolds = false;
    stopsHolds = true;
    await grownAll(ids, 5000);
    await worker.stop();
  }, 120_000);
  afterAll(end);

  async function soundOf(segment: Segment): Promise<{ codec: string; seconds: number; lastSeconds: number }> {
    const { stdout } = await runToEnd('ffprobe', [
      '-v',
      'error',
      '-select_streams',
      'a:0',
      '-show_entries',
      'stream=codec_name:packet=pts_time',
      '-of',
      'csv=p=0',
      segment.path,
    ]);
    const lines = stdout.toString().trim().split('\n');
    const times = lines.map(Number).filter((time) => !Number.isNaN(time));
    return {
      codec: lines.find((line) => /^[a-z]/.test(line)) ?? 'none',
      seconds: (times.at(-1) ?? 0) - (times[0] ?? 0),
      lastSeconds: times.at(-1) ?? 0,
    };
  }

  it.each(kinds)('%s: AAC beside every picture, and beeps at whole seconds', async (id) => {
    expect(ended(id)).toEqual([]);
    const segments = await segmentsOf(id);
    expect(jumpsIn((await Promise.all(segments.map(({ path }) => readTruth(path)))).flat())).toEqual([]);
    const last = segments.at(-1) as Segment;
    const { codec, seconds, lastSeconds } = await soundOf(last);
    expect(codec).toBe('aac');
    expect(seconds).toBeGreaterThan(((last.endMs ?? 0) - last.startMs) / 1000 - 2);
    const { stderr } = await runToEnd('ffmpeg', [
      '-hide_banner',
      '-nostats',
      '-i',
      last.path,
      '-vn',
      '-af',
      'silencedetect=n=-30dB:d=0.5',
      '-f',
      'null',
      '-',
    ]);
    // Where the file ends in silence, that silence "ends" too, without a beep.
    const beepsMs = [...stderr.matchAll(/silence_end: ([\d.]+)/g)]
      .map((match) => Number(match[1]))
      .filter((second) => second < lastSeconds)
      .map((second) => last.startMs + second * 1000);
    expect(beepsMs.length).toBeGreaterThan(2);
    for (const beepMs of beepsMs.slice(-2))
      expect(Math.abs(beepMs - Math.round(beepMs / 1000) * 1000)).toBeLessThan(250);
  });

  it('aac: copied, not encoded anew', async () => {
    const [segment] = await segmentsOf('aac');
    const recorded = await adts((segment as Segment).path);
    // Some twenty frames from the middle of what another client got at the same time.
    const [from, to] = [Math.floor(reference.length / 3), Math.floor((reference.length * 2) / 3)];
    expect(to - from).toBeGreaterThan(500);
    expect(recorded.includes(reference.subarray(from, to))).toBe(true);
  });

  it.each(['none', 'late', 'off'])('%s: pictures without sound', async (id) => {
    expect(ended(id)).toEqual([]);
    const [segment, ...others] = await segmentsOf(id);
    expect(others).toEqual([]);
    expect((await soundOf(segment as Segment)).codec).toBe('none');
    expect(jumpsIn(await readTruth((segment as Segment).path))).toEqual([]);
  });

  it('stops: the pictures go on where the sound ends', async () => {
    expect(ended('stops')).toEqual([]);
    const segments = await segmentsOf('stops');
    expect(jumpsIn((await Promise.all(segments.map(({ path }) => readTruth(path)))).flat())).toEqual([]);
    const last = segments.at(-1) as Segment;
    const { codec, seconds } = await soundOf(last);
    expect(codec).toBe('aac');
    expect(((last.endMs ?? 0) - last.startMs) / 1000 - seconds).toBeGreaterThan(2);
  });
});

describe('time stamps', () => {
  const ids = ['back', 'ahead', 'nudged'];
  /** RTP ticks, 90 000 a second. */
  const jump: Record<string, number> = {};

  beforeAll(async () => {
    const started = await camera();
    const cables = await Promise.all(
      ids.map((id) =>
        link({ port: started.port, onPacket: ({ channel, bytes }) => moved(channel, bytes, jump[id] ?? 0) }),
      ),
    );
    await record(ids.map((id, i) => ({ id, url: cables[i]?.url(started.url()) ?? '' })));
    await grownAll(ids, 4000);
    Object.assign(jump, { back: -100 * 90_000, ahead: 100 * 90_000, nudged: -900 });
    await Promise.all(
      ['back', 'ahead'].map((id) =>
        until(() => ended(id).length > 0, { what: `the end of ${id}'s run`, deadlineMs: 15_000 }),
      ),
    );
    await grownAll(ids, 5000);
    await worker.stop();
  }, 120_000);
  afterAll(end);

  function moved(channel: number, bytes: Buffer, ticks: number): boolean {
    if (channel === CHANNEL.video) bytes.writeUInt32BE((bytes.readUInt32BE(4) + ticks + 2 ** 32) % 2 ** 32, 4);
    return true;
  }

  it.each(['back', 'ahead'])('that jump %s end the run: a short gap, and true stamps on both sides', async (id) => {
    const segments = await segmentsOf(id);
    expect(segments).toHaveLength(2);
    for (const segment of segments)
      expect(Math.max(...(await stampErrors(segment)).errorsMs.map(Math.abs))).toBeLessThan(LATE_MS);
    const [gap, ...others] = await readGaps(folder.path, id, 0, Date.now());
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ reason: 'stream_invalid', startMs: segments[0]?.endMs });
    expect((gap?.endMs ?? 0) - (gap?.startMs ?? 0)).toBeLessThan(10_000);
  });

  it("that are nudged by less than a picture lasts are the camera's business", async () => {
    expect(ended('nudged')).toEqual([]);
    expect(await segmentsOf('nudged')).toHaveLength(1);
  });
});
