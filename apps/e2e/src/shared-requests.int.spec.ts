// Whoever asks for a clip that is there, or is being made, gets that one. That holds by NATS, by HTTP, and after the
// clipper was killed.
import { SUBJECTS, type ClipReady } from '@vr/contracts';
import { until } from '@vr/testing';
import { metric } from './stack';
import { encodeMinute, makeSmallWorld, TOKEN, type SmallWorld } from './wipe/small-world';

const DEADLINE_MS = 30_000;

describe('requests for the same clip', () => {
  let realMs: number;
  let world: SmallWorld;
  const ready: ClipReady[] = [];

  beforeAll(async () => {
    const minute = await encodeMinute();
    // The window's last seconds are still to come when the workers are ready.
    realMs = Math.floor((Date.now() - 45_000) / 1000) * 1000;
    world = await makeSmallWorld({ minute, realMs, footageMb: 20, apps: ['clipper', 'console'] });
    world.nats.subscribe(SUBJECTS.clipReady, { callback: (_, message) => void ready.push(message.json<ClipReady>()) });
    await world.nats.flush();
  }, 90_000);
  afterAll(() => world.stop());

  const body = (request_id: string, from: number, to: number) => ({
    start: realMs / 1000 + from,
    end: realMs / 1000 + to,
    request_id,
  });
  const byNats = async (...wanted: Parameters<typeof body>): Promise<string> => {
    const answer = await world.nats.request(
      SUBJECTS.recordClip,
      JSON.stringify({ camera_id: 'cam_1', ...body(...wanted) }),
      { timeout: 10_000 },
    );
    return answer.json<{ clip_id: string }>().clip_id;
  };
  const byHttp = async (...wanted: Parameters<typeof body>): Promise<string> => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const answer = await fetch(`${world.console?.httpUrl ?? ''}/api/cameras/cam_1/clip`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body(...wanted)),
    });
    return ((await answer.json()) as { clip_id: string }).clip_id;
  };
  const told = (id: string): Promise<ClipReady> =>
    until(() => ready.find(({ event_id }) => event_id === id), {
      what: `clip.ready of ${id}`,
      deadlineMs: DEADLINE_MS,
    });
  const clipper = () => world.workers.find(({ app }) => app === 'clipper');
  const made = (): Promise<number> => metric(clipper(), 'clips_generated_total');

  it('are answered also where the clipper is killed while they wait', async () => {
    const waiting = [await byNats('k1', 52, 58), await byHttp('k2', 52, 58)];
    expect(new Set(waiting).size).toBe(1);
    await clipper()?.kill();
    await world.restart('clipper');
    const messages = await Promise.all(['k1', 'k2'].map(told));
    expect(messages.map(({ clip_id, partial }) => [clip_id, partial])).toEqual(waiting.map((id) => [id, false]));
  });

  it('are one clip, whoever asks by which way; each is told', async () => {
    const asked = await Promise.all([
      byNats('n1', 1, 9),
      byHttp('h1', 1, 9),
      byNats('n2', 1.3, 9.2),
      byHttp('h2', 1.1, 9.1),
    ]);
    expect(new Set(asked).size).toBe(1);
    const messages = await Promise.all(['n1', 'h1', 'n2', 'h2'].map(told));
    expect(new Set(messages.map(({ sha256 }) => sha256)).size).toBe(1);
    for (const { start, end, requested_start, requested_end } of messages) {
      expect(Math.max(0, start - requested_start) + Math.max(0, requested_end - end)).toBeLessThan(1);
    }
    // A clip is counted after it was announced; also that of the test before.
    const before = new Set(ready.map(({ clip_id }) => clip_id)).size;
    await until(async () => (await made()) === before, { what: `${before} clips counted`, deadlineMs: 5000 });
    expect([await byHttp('h3', 1, 9), await byNats('n3', 1.2, 9)]).toEqual([asked[0], asked[0]]);
    expect((await Promise.all(['h3', 'n3'].map(told))).map(({ url }) => url.length > 0)).toEqual([true, true]);
    expect(await made()).toBe(before);
  });

  it('have a clip each where they only touch', async () => {
    expect(await byNats('t1', 20, 24)).not.toBe(await byNats('t2', 24, 28));
    await Promise.all(['t1', 't2'].map(told));
  });

  it('are answered with the clip that was there before the clipper was killed', async () => {
    const first = await told('n1');
    await clipper()?.kill();
    await world.restart('clipper');
    expect([await byNats('k3', 1, 9), await byHttp('k4', 1, 9)]).toEqual([first.clip_id, first.clip_id]);
    expect(await Promise.all(['k3', 'k4'].map(told))).toMatchObject([
      { sha256: first.sha256 },
      { sha256: first.sha256 },
    ]);
    expect(await made()).toBe(0);
  });
});
