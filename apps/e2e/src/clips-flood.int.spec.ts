// A detector goes wild and sends events by the hundred, each with a window of its own. None is lost, and the recorder
// does not notice. This is the short form; `npm run proof -- flood` sends 1,000 in a minute.
import { setTimeout as wait } from 'node:timers/promises';
import { clipReady, type ClipReady } from '@vr/contracts';
import { footageEnd, listSegments } from '@vr/footage';
import { jumpsIn, readTruth, until } from '@vr/testing';
import { latencyTable, percentile } from './latency-report';
import { recorded, startStack, type Stack } from './stack';

const EVENTS = Number(process.env['FLOOD_EVENTS'] ?? 100);
const SECONDS = Number(process.env['FLOOD_SECONDS'] ?? 6);
const SIZE = process.env['FLOOD_SIZE'] ?? '640x360';
const CAMERAS = [1, 2, 3, 4];
const CALM_SECONDS = 6;
const SAMPLE_MS = 250;
/** This is two fragments: one that is being written, and one that waits for a busy disk or processor. */
const MOST_LAG_MS = 1500;
const DONE_WITHIN_MS = 60_000 + EVENTS * 500;

describe('a flood of events', () => {
  let stack: Stack;
  beforeAll(async () => {
    const environment = { CLIP_PRE_SECONDS: '3', CLIP_POST_SECONDS: '3' };
    stack = await startStack({
      apps: ['recorder', 'clipper', 'snapshotter'],
      cameras: CAMERAS,
      camera: { size: SIZE },
      environment,
    });
    await Promise.all(CAMERAS.map((camera) => recorded(stack, `cam_${camera}`, 6000)));
  }, 180_000);
  afterAll(() => stack.stop());

  /** Measures how old the newest footage of every camera on disk is, again and again until the end. */
  async function lags(end: AbortSignal): Promise<number[]> {
    const all: number[] = [];
    while (!end.aborted) {
      for (const camera of CAMERAS)
        all.push(Date.now() - (await footageEnd(stack.recordingsDir, `cam_${camera}`, Date.now() - 60_000)));
      await wait(SAMPLE_MS, undefined, { signal: end }).catch(() => undefined);
    }
    return all;
  }

  async function lagsDuring<T>(work: () => Promise<T>): Promise<{ result: T; lagsMs: number[] }> {
    const end = new AbortController();
    const sampled = lags(end.signal);
    try {
      return { result: await work(), lagsMs: await (end.abort(), sampled) };
    } finally {
      end.abort();
    }
  }

  async function flood(): Promise<string[]> {
    const begunMs = Date.now();
    const ids: string[] = [];
    for (let n = 0; n < EVENTS; n++) {
      const event_id = `flood-${n}`;
      stack.detector.publish(
        'seguranca.event.person',
        JSON.stringify({
          camera_id: `cam_${CAMERAS[n % CAMERAS.length] ?? 1}`,
          timestamp: Date.now() / 1000,
          event_id,
        }),
      );
      await stack.detector.flush();
      ids.push(event_id);
      await wait(Math.max(0, begunMs + ((n + 1) * SECONDS * 1000) / EVENTS - Date.now())); // the pace of the events
    }
    return ids;
  }

  it(
    `of ${EVENTS} in ${SECONDS} s loses none and does not slow the recorder`,
    async () => {
      const calm = await lagsDuring(() => wait(CALM_SECONDS * 1000));
      const begunMs = Date.now();
      const busy = await lagsDuring(async () => {
        const ids = await flood();
        const answered = (subject: string): boolean => {
          const heard = new Set(stack.heard(subject).map((message) => message['event_id']));
          return ids.every((id) => heard.has(id));
        };
        return until(
          () => answered('seguranca.record.clip.ready') && answered('seguranca.record.snapshot.ready') && ids,
          { what: `clips and snapshots of ${EVENTS} events`, deadlineMs: SECONDS * 1000 + DONE_WITHIN_MS },
        );
      });
      const tookSeconds = (Date.now() - begunMs) / 1000;

      const lost: string[] = [];
      for (const camera of CAMERAS) {
        const segments = await listSegments(stack.recordingsDir, `cam_${camera}`);
        // A connection that breaks begins a new one.
        expect(segments).toHaveLength(1);
        for (const { path } of segments)
          for (const jump of jumpsIn(await readTruth(path))) lost.push(`cam_${camera}: ${JSON.stringify(jump)}`);
      }
      process.stdout.write(
        [
          `${EVENTS} events in ${SECONDS} s on ${CAMERAS.length} cameras of ${SIZE}: ` +
            `all clips and snapshots ready ${tookSeconds.toFixed(1)} s after the first event; ` +
            `frames lost by the recorder: ${lost.length === 0 ? 'none' : lost.join(', ')}`,
          ...latencyTable([
            ['age of the newest footage on disk, before', calm.lagsMs],
            ['the same, during the flood', busy.lagsMs],
          ]),
          '',
        ].join('\n'),
      );
      expect(lost).toEqual([]);
      expect(percentile(busy.lagsMs, 0.95)).toBeLessThan(MOST_LAG_MS);
      const clips: ClipReady[] = stack.heard('seguranca.record.clip.ready').map((message) => clipReady.parse(message));
      expect(clips.filter(({ partial }) => partial)).toEqual([]);
      expect(new Set(clips.map(({ key }) => key)).size).toBe(EVENTS);
      expect(stack.heard('seguranca.record.clip.failed')).toEqual([]);
    },
    (SECONDS + CALM_SECONDS) * 1000 + DONE_WITHIN_MS + 60_000,
  );
});
