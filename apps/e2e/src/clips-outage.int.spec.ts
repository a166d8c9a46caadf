// Clips and snapshots wait while what they need is away for long: a disk that is really full, and a store that is not
// there. This is the short form; `npm run proof -- outage` is the long one.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { clipReady, snapshotReady, type ClipReady, type SnapshotReady } from '@vr/contracts';
import { until } from '@vr/testing';
import { MemoryDisk } from './faults/disks';
import { metric, recorded, startStack, type Stack } from './stack';

const OUTAGE_SECONDS = Number(process.env['OUTAGE_SECONDS'] ?? 10);
const EVENTS = 6;
/** The longest pause between two tries, with its jitter, and the work after it. */
const BACK_WITHIN_MS = 120_000;
/**
 * A store that is away is tried after 1, 2, 4, ... 32 s, then once a minute. Each try uploads a video and a thumbnail.
 * A worker that starts begins anew.
 */
const mostTries = (seconds: number): number => 2 * (8 + Math.ceil(seconds / 60));
/** This is room for records, but not for a clip. */
const RECORDS_ONLY_BYTES = 200_000;

let stack: Stack;
let disk: MemoryDisk | undefined;

async function start(environment: Record<string, string>): Promise<void> {
  stack = await startStack({
    apps: ['recorder', 'clipper', 'snapshotter'],
    cameras: [1],
    environment: { CLIP_PRE_SECONDS: '2', CLIP_POST_SECONDS: '1', ...environment },
  });
  await recorded(stack, 'cam_1', 4000);
}

afterEach(async () => {
  await stack.stop();
  await disk?.remove();
  disk = undefined;
});

async function sendEvents(name: string): Promise<string[]> {
  const ids = Array.from({ length: EVENTS }, (_, n) => `${name}-${n}`);
  for (const event_id of ids) {
    stack.detector.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: 'cam_1', timestamp: Date.now() / 1000, event_id }),
    );
    await stack.detector.flush();
    await wait(50); // an instant of its own
  }
  return ids;
}

function answers(): { clips: ClipReady[]; snapshots: SnapshotReady[] } {
  return {
    clips: stack.heard('seguranca.record.clip.ready').map((message) => clipReady.parse(message)),
    snapshots: stack.heard('seguranca.record.snapshot.ready').map((message) => snapshotReady.parse(message)),
  };
}

/** Expects one whole clip and one snapshot of every event in the store, and nothing given up. */
async function expectAllAnswered(ids: readonly string[]): Promise<void> {
  const has = (heard: readonly { event_id?: string | undefined }[]): boolean =>
    ids.every((id) => heard.some(({ event_id }) => event_id === id));
  const { clips, snapshots } = await until(() => [answers()].find((all) => has(all.clips) && has(all.snapshots)), {
    what: `clips and snapshots of ${ids.length} events`,
    deadlineMs: BACK_WITHIN_MS,
  });
  const wrong: string[] = [];
  for (const { event_id, partial, url, sha256 } of [
    ...clips,
    ...snapshots.map((snapshot) => ({ ...snapshot, partial: false })),
  ]) {
    if (partial) wrong.push(`${event_id}: partial`);
    if (
      createHash('sha256')
        .update(Buffer.from(await (await fetch(url)).arrayBuffer()))
        .digest('hex') !== sha256
    )
      wrong.push(`${event_id}: another object than announced`);
  }
  expect(wrong).toEqual([]);
  expect(new Set(clips.map(({ key }) => key)).size).toBe(ids.length);
  expect([...stack.heard('seguranca.record.clip.failed'), ...stack.heard('seguranca.record.snapshot.failed')]).toEqual(
    [],
  );
}

async function kill(app: 'clipper' | 'snapshotter'): Promise<void> {
  await stack.workers.get(app)?.kill();
  await (await stack.restart(app)).waitLive();
}

const said = (app: 'clipper' | 'snapshotter', what: RegExp): Promise<unknown> =>
  until(() => stack.workers.get(app)?.logs.some((line) => what.test(line)), {
    what: `the ${app} to say ${what.source}`,
    deadlineMs: 60_000,
  });

/** Expects that footage goes on as if nothing had happened. */
async function expectRecording(): Promise<void> {
  const lagSeconds =
    Date.now() / 1000 -
    (await metric(stack.workers.get('recorder'), 'recorder_last_fragment_timestamp_seconds{camera="cam_1"}'));
  expect(lagSeconds).toBeLessThan(5);
}

it(
  'a full disk under clips and snapshots costs none of them, also where both workers are killed meanwhile',
  async () => {
    disk = await MemoryDisk.make(48);
    await disk.mount();
    // The budgets are larger than the disk, so that the disk itself is what gets full.
    await start({
      CLIPS_DIR: join(disk.path, 'clips'),
      SNAPSHOTS_DIR: join(disk.path, 'snapshots'),
      CLIPS_MAX_GB: '1',
      SNAPSHOTS_MAX_GB: '1',
    });
    await disk.fill(RECORDS_ONLY_BYTES);
    const ids = await sendEvents('no-room-for-clips');
    await said('clipper', /the disk of \S+ is too full for/);
    await disk.fill(0);
    ids.push(...(await sendEvents('no-room-at-all')));
    await said('clipper', /ENOSPC/);
    await kill('clipper');
    await kill('snapshotter');
    ids.push(...(await sendEvents('after-the-kill')));
    await expectRecording();
    await wait(OUTAGE_SECONDS * 1000); // how long it is full
    expect(answers().clips).toEqual([]);
    await disk.empty();
    await expectAllAnswered(ids);
    const halfMade = (await readdir(join(disk.path, 'clips'), { recursive: true })).filter((path) =>
      /(^|\/)\.[^/]*$/.test(path),
    );
    expect(halfMade).toEqual([]);
  },
  OUTAGE_SECONDS * 1000 + 300_000,
);

it(
  `a store that is away for ${OUTAGE_SECONDS} s costs none of them: all are cut, and go out when it is back`,
  async () => {
    await start({});
    await stack.objects.kill();
    const ids = await sendEvents('away');
    await said('clipper', /a clip must wait/);
    await wait((OUTAGE_SECONDS * 1000) / 2);
    await kill('clipper');
    await kill('snapshotter');
    ids.push(...(await sendEvents('still-away')));
    await wait((OUTAGE_SECONDS * 1000) / 2); // how long it is away
    const [day = ''] = await readdir(join(stack.folder, 'clips', 'cam_1'));
    const cut = await until(
      async () =>
        [
          (await readdir(join(stack.folder, 'clips', 'cam_1', day))).filter(
            (name) => !name.startsWith('.') && name.endsWith('.mp4'),
          ),
        ].find(({ length }) => length === ids.length),
      { what: 'every clip to be cut while the store is away', deadlineMs: 60_000 },
    );
    expect(cut).toHaveLength(ids.length);
    for (const app of ['clipper', 'snapshotter'] as const) {
      expect(await metric(stack.workers.get(app), 'minio_upload_failures_total')).toBeLessThanOrEqual(
        mostTries(OUTAGE_SECONDS),
      );
    }
    await expectRecording();
    await stack.objects.restart();
    await expectAllAnswered(ids);
  },
  OUTAGE_SECONDS * 1000 + 300_000,
);
