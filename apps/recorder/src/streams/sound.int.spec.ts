// One built recorder records all kinds of sound that cameras send.
import type { Segment } from '@vr/footage';
import { CHANNEL, jumpsIn, readTruth, runToEnd, type Camera } from '@vr/testing';
import { RecordedStreams } from '../testing/recorded-streams';

/** The frames of an ADTS stream without their headers (ISO 14496-3, 1.A.2), in hex. */
function adtsFrames(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at + 7 <= bytes.length;) {
    const sizeBytes = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff || 7;
    frames.push(bytes.toString('hex', at + 7, at + sizeBytes));
    at += sizeBytes;
  }
  return frames;
}

describe('sound', () => {
  const streams = new RecordedStreams();
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
    const started = await Promise.all(kinds.map((audio) => streams.camera({ audio })));
    const silent = await streams.camera();
    let lateHolds = true;
    let stopsHolds = false;
    const isSound = (channel: number): boolean => channel === CHANNEL.audio || channel === CHANNEL.audioReport;
    const pcma = started[1] as Camera;
    const late = await streams.link({ port: pcma.port, onPacket: ({ channel }) => !(lateHolds && isSound(channel)) });
    const stops = await streams.link({ port: pcma.port, onPacket: ({ channel }) => !(stopsHolds && isSound(channel)) });
    await streams.record([
      ...kinds.map((id, i) => ({ id, url: started[i]?.url() ?? '', audio: 'on' })),
      { id: 'none', url: silent.url(), audio: 'on' },
      { id: 'late', url: late.url(pcma.url()), audio: 'on' },
      { id: 'stops', url: stops.url(pcma.url()), audio: 'on' },
      { id: 'off', url: pcma.url(), audio: 'off' },
    ]);
    await streams.grown(ids, 3000);
    reference = await adts(started[0]?.url() ?? '', ['-rtsp_transport', 'tcp', '-t', '3']);
    lateHolds = false;
    stopsHolds = true;
    await streams.grown(ids, 5000);
    await streams.worker.stop();
  }, 120_000);
  afterAll(() => streams.end());

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
    expect(streams.ended(id)).toEqual([]);
    const segments = await streams.segments(id);
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
    // A file may end in silence. ffmpeg reports an end of that silence too, although no beep follows.
    const beepsMs = [...stderr.matchAll(/silence_end: ([\d.]+)/g)]
      .map((match) => Number(match[1]))
      .filter((second) => second < lastSeconds)
      .map((second) => last.startMs + second * 1000);
    expect(beepsMs.length).toBeGreaterThan(2);
    for (const beepMs of beepsMs.slice(-2))
      expect(Math.abs(beepMs - Math.round(beepMs / 1000) * 1000)).toBeLessThan(250);
  });

  it('aac: copied, not encoded anew', async () => {
    const segments = await streams.segments('aac');
    const recorded = (await Promise.all(segments.map(async ({ path }) => adtsFrames(await adts(path))))).flat();
    // What another client got at the same time stands in the recording, frame for frame. The camera skips frames for
    // one client alone where that client's thread waited too long for a core, so others may stand between them.
    const heard = adtsFrames(reference).slice(10, -10);
    expect(heard.length).toBeGreaterThan(20);
    let at = recorded.indexOf(heard[0] ?? '');
    const missing = heard.filter((frame) => {
      const found = recorded.indexOf(frame, at);
      if (found >= 0) at = found + 1;
      return found < 0;
    });
    const files = segments.map(({ fileName }) => fileName); // a failure names them
    expect({ missing: missing.length, files }).toEqual({ missing: 0, files });
  });

  it.each(['none', 'late', 'off'])('%s: pictures without sound', async (id) => {
    expect(streams.ended(id)).toEqual([]);
    const [segment, ...others] = await streams.segments(id);
    expect(others).toEqual([]);
    expect((await soundOf(segment as Segment)).codec).toBe('none');
    expect(jumpsIn(await readTruth((segment as Segment).path))).toEqual([]);
  });

  it('stops: the pictures go on where the sound ends', async () => {
    expect(streams.ended('stops')).toEqual([]);
    const segments = await streams.segments('stops');
    expect(jumpsIn((await Promise.all(segments.map(({ path }) => readTruth(path)))).flat())).toEqual([]);
    const last = segments.at(-1) as Segment;
    const { codec, seconds } = await soundOf(last);
    expect(codec).toBe('aac');
    expect(((last.endMs ?? 0) - last.startMs) / 1000 - seconds).toBeGreaterThan(2);
  });
});
