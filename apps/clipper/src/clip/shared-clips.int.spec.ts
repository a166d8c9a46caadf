import { bucketName, clipId, clipKey, clipWindow, type ClipJob, type ClipReady, type ClipRecord } from '@vr/contracts';
import { footageOf, wantedFootage } from '@vr/library';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import fc from 'fast-check';
import { jobOf, Life, timestampMs } from '../testing/ledger-life';

let disk: TemporaryFolder;
beforeEach(async () => {
  disk = await temporaryFolder();
});
afterEach(() => disk.remove());

describe('clips that are asked for by hand', () => {
  const request = (requestId: string, fromMs: number, toMs: number): ClipJob => {
    const [startMs, endMs] = [timestampMs + fromMs, timestampMs + toMs];
    const id = clipId.parse(`clip_cam_1_${(startMs / 1000).toFixed(3)}_${(endMs / 1000).toFixed(3)}`);
    return {
      ...jobOf(`manual:${id}:${requestId}`),
      eventId: requestId,
      eventType: 'manual',
      clipId: id,
      timestampMs: startMs,
      startMs,
      endMs,
    };
  };

  it.each(['off', 'overlapping'] as const)(
    'makes one of those that want nearly the same, each of which is told (CLIP_MERGE=%s)',
    async (merge) => {
      const life = new Life(disk.path, merge);
      const first = await life.claim(request('a', 0, 20_000));
      const same = [
        await life.claim(request('b', 0, 20_000)),
        await life.claim(request('c', -1, 20_001)),
        await life.claim(request('d', 900, 19_500)),
      ];
      expect(new Set(same.map(({ job }) => job.clipId))).toEqual(new Set([first.job.clipId]));
      const host = same.at(-1) ?? first;
      expect(clipWindow(host)).toEqual({ startMs: timestampMs - 1, endMs: timestampMs + 20_001 });
      expect((await life.ledger.events(host)).map(({ eventId }) => eventId)).toEqual(['a', 'b', 'c', 'd']);
      expect(life.ledger.waitingByHand('cam_1')).toBe(1);
    },
  );

  it('makes one of 157 that are shifted by a millisecond each', async () => {
    const life = new Life(disk.path);
    const claimed: ClipRecord[] = [];
    for (let n = 0; n < 157; n++) claimed.push(await life.claim(request(`${n}`, n, 20_000 + n)));
    expect(new Set(claimed.map(({ job }) => job.clipId)).size).toBe(1);
  });

  it('keeps apart what would be much longer than one of them wants, what only touches, and an event’s', async () => {
    const life = new Life(disk.path, 'overlapping');
    const first = await life.claim(request('a', 0, 20_000));
    const others = [
      await life.claim(request('longer', 0, 25_001)),
      await life.claim(request('touches', 20_000, 24_000)),
      await life.claim(jobOf('an event')),
    ];
    expect(new Set([first, ...others].map(({ job }) => job.clipId)).size).toBe(4);
  });

  it('gives late requests a clip that is being cut, or is cut and not announced, and forgets nobody', async () => {
    const life = new Life(disk.path);
    const first = await life.claim(request('a', 0, 20_000));
    await life.ledger.seal(first.job);
    const late = await life.claim(request('late', 500, 20_400));
    expect(late.job.clipId).toBe(first.job.clipId);
    // The clip is being cut, so it cannot grow.
    expect(clipWindow(late)).toEqual({ startMs: first.job.startMs, endMs: first.job.endMs });
    expect((await life.claim(request('lacks a second', 600, 21_000))).job.clipId).not.toBe(first.job.clipId);
    // A process that began before the late request came has cut it.
    const cut = await life.ledger.write({ ...first, state: 'cut', ready: readyOf(first) });
    await life.claim(request('later', 0, 20_000));
    expect(await life.ledger.close({ ...cut, state: 'announced' })).toMatchObject({
      isClosed: false,
      record: { members: [{ identity: late.members?.[0]?.identity }, {}] },
    });
    const latest = await life.folder.read(first.job);
    expect((latest ? await life.ledger.events(latest) : []).map(({ eventId }) => eventId)).toEqual([
      'a',
      'late',
      'later',
    ]);
    expect(await life.ledger.close({ ...cut, members: latest?.members, state: 'announced' })).toMatchObject({
      isClosed: true,
    });
    expect(await life.open()).toHaveLength(1);
  });

  it('finds the announced clip that answers a request, also after a restart; none that lacks a second', async () => {
    const life = new Life(disk.path);
    const announced = async (
      name: string,
      fromMs: number,
      toMs: number,
      gaps: [number, number][] = [],
    ): Promise<ClipRecord> => {
      const record = await life.claim(request(name, fromMs, toMs));
      const ready = {
        ...readyOf(record),
        gaps: gaps.map(([from, to]) => ({
          start: (timestampMs + from) / 1000,
          end: (timestampMs + to) / 1000,
          reason: 'camera_timeout' as const,
        })),
      };
      return (await life.ledger.close({ ...record, state: 'announced', ready })).record;
    };
    const whole = await announced('a', 0, 20_000);
    const broken = await announced('b', 40_000, 60_000, [[41_000, 43_000]]);
    for (const each of [life, new Life(disk.path)]) {
      const answers = async (name: string, fromMs: number, toMs: number): Promise<string[]> => {
        const found: string[] = [];
        for await (const { job } of each.ledger.answersTo(request(name, fromMs, toMs))) found.push(job.clipId);
        return found;
      };
      expect(await answers('c', 0, 20_000)).toEqual([whole.job.clipId]);
      expect(await answers('c', 900, 20_000)).toEqual([whole.job.clipId]);
      expect(await answers('c', -400, 20_599)).toEqual([whole.job.clipId]);
      expect(await answers('c', -400, 20_600)).toEqual([]);
      expect(await answers('c', 10_000, 20_000)).toEqual([]);
      expect(await answers('c', 40_000, 60_000)).toEqual([]);
      expect(await answers('c', 43_500, 60_000)).toEqual([broken.job.clipId]);
      // This is the same request. Nothing more is known of it.
      expect(await answers('b', 40_000, 60_000)).toEqual([broken.job.clipId]);
    }
    expect(await life.open()).toEqual([]);
  });

  it('makes a clip again that can be had no more, and one of its own for who shared it', async () => {
    const life = new Life(disk.path);
    const first = await life.claim(request('a', 0, 20_000));
    await life.claim(request('b', 0, 20_000));
    const shared = await life.folder.read(first.job);
    await life.ledger.close({ ...first, ...shared, state: 'announced' });
    expect(await life.open()).toEqual([]);
    expect(await life.ledger.claimAnew(request('b', 0, 20_000))).toMatchObject({
      state: 'claimed',
      job: { eventId: 'b' },
    });
    expect(await life.ledger.claimAnew(request('a', 0, 20_000))).toMatchObject({
      state: 'claimed',
      job: { eventId: 'a' },
    });
    expect(await life.open()).toHaveLength(2);
  });

  it('holds footage for the window of all who share a clip, once', async () => {
    const life = new Life(disk.path);
    for (let n = 0; n < 20; n++) await life.claim(request(`${n}`, n * 200, 20_000 + n * 200));
    const wanted: unknown[] = [];
    for await (const record of life.folder.records()) {
      const footage = wantedFootage({ state: record.state, footage: footageOf(record), hasVideo: false });
      if (footage) wanted.push(footage);
    }
    // The footage begins 30 s earlier, because the first picture needs its key frame.
    expect(wanted).toEqual([{ cameraId: 'cam_1', startMs: timestampMs - 30_000, endMs: timestampMs + 23_800 }]);
  });

  it('whatever is asked for and cut, also over restarts: everybody gets a whole clip, and hardly more', async () => {
    const asked = fc
      .tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 500, max: 20_000 }))
      .map(([fromMs, ms]) => ({ fromMs, toMs: fromMs + ms }));
    const step = fc.oneof(
      { weight: 5, arbitrary: asked },
      { weight: 1, arbitrary: fc.constantFrom('seal' as const, 'announce' as const, 'restart' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const folder = await temporaryFolder();
        let life = new Life(folder.path);
        const clipOf = new Map<string, { wanted: ClipJob; clipId: ClipRecord['job']['clipId'] }>();
        const openRecords = async (): Promise<ClipRecord[]> => {
          const found: ClipRecord[] = [];
          for await (const record of life.ledger.openClips()) found.push(record);
          return found;
        };
        for (const [n, each] of steps.entries()) {
          if (each === 'restart') {
            life = new Life(folder.path);
            await life.ledger.takeStock();
          } else if (each === 'seal') {
            for (const { job } of await openRecords()) await life.ledger.seal(job);
          } else if (each === 'announce') {
            for (const record of await openRecords())
              await life.ledger.close({ ...record, state: 'announced', ready: readyOf(record) });
          } else {
            const wanted = request(`r${n}`, each.fromMs, each.toMs);
            const [answer] = await firstOf(life.ledger.answersTo(wanted));
            clipOf.set(wanted.identity, { wanted, clipId: (answer ?? (await life.claim(wanted))).job.clipId });
          }
        }
        try {
          for (const { wanted, clipId: id } of clipOf.values()) {
            const record = await life.folder.read({ clipId: id });
            if (!record) return false;
            const { startMs, endMs } = clipWindow(record);
            const [askedMs, lacksMs] = [
              wanted.endMs - wanted.startMs,
              Math.max(0, startMs - wanted.startMs) + Math.max(0, wanted.endMs - endMs),
            ];
            if (lacksMs >= 1000 || endMs - startMs > Math.max(1.25 * askedMs, askedMs + 2000)) return false;
            const isTold =
              record.state === 'announced' ||
              (await life.ledger.events(record)).some(({ identity }) => identity === wanted.identity);
            if (!isTold) return false;
          }
          return true;
        } finally {
          await folder.remove();
        }
      }),
      { numRuns: 60 },
    );
  });
});

async function firstOf<T>(all: AsyncIterable<T>): Promise<T[]> {
  for await (const one of all) return [one];
  return [];
}

/** The whole of what was cut for a clip. */
function readyOf({ job, members }: ClipRecord): ClipReady {
  const { startMs, endMs } = clipWindow({ job, members });
  const [start, end] = [startMs / 1000, endMs / 1000];
  return {
    ...{
      clip_id: job.clipId,
      event_id: job.eventId,
      camera_id: job.cameraId,
      event_type: job.eventType,
      url: '',
      thumbnail_url: '',
      timestamp: start,
    },
    ...{
      start,
      end,
      duration: end - start,
      requested_start: start,
      requested_end: end,
      partial: false,
      gaps: [],
      bucket: bucketName.parse('clips'),
    },
    ...{
      key: clipKey(job, 'mp4'),
      size_bytes: 1,
      sha256: 'a'.repeat(64),
      codec: 'h264',
      width: 2,
      height: 2,
      source: {},
    },
  };
}
