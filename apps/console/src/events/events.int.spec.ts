import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clipId, clipIdParts, clipKey, clipRecord, type ClipRecord, type EventsAnswer } from '@vr/contracts';
import { ConsoleApp } from '../testing/console-app';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const NOW = NOW_MS / 1000;
const gaps = [{ start: NOW - 60, end: NOW - 58, reason: 'camera_disconnected' as const }];

describe('GET /api/events', () => {
  let console_: ConsoleApp;
  beforeAll(async () => {
    const clock = { nowMs: () => NOW_MS, monotonicMs: () => performance.now() };
    console_ = await ConsoleApp.start({ cameras: ['cam_1', 'cam_2'], clock });
  });
  afterAll(() => console_.stop());

  const pathOf = (id: string, kind: 'json' | 'jpg'): string =>
    join(console_.folder.path, 'clips', clipKey({ clipId: clipId.parse(id) }, kind));
  const idOf = (secondsAgo: number, camera = 'cam_1'): string => `event_${camera}_${(NOW - secondsAgo).toFixed(3)}`;

  /** Writes the record of an event, 10 s before it to 30 s after it. */
  async function write(id: string, state: ClipRecord['state'], more: object = {}): Promise<void> {
    const { cameraId, startMs: timestampMs } = clipIdParts(clipId.parse(id));
    const window = { timestampMs, startMs: timestampMs - 10_000, endMs: timestampMs + 30_000 };
    const said = { eventId: `e ${id}`, eventType: 'person', source: {} };
    const key = clipKey({ clipId: clipId.parse(id) }, 'mp4');
    const ready = {
      ...{ clip_id: id, event_id: 'e', camera_id: cameraId, event_type: 'person', url: '', thumbnail_url: '' },
      ...{ timestamp: timestampMs / 1000, start: timestampMs / 1000, end: timestampMs / 1000 + 1, duration: 1 },
      ...{ requested_start: timestampMs / 1000, requested_end: timestampMs / 1000 + 1, partial: true, gaps },
      ...{ bucket: 'clips', key, size_bytes: 1, sha256: '0'.repeat(64), codec: 'h264', width: 1, height: 1 },
      source: {},
    };
    const record = clipRecord.parse({
      ...{ state, job: { clipId: id, identity: id, cameraId, ...window, ...said } },
      ...(['cut', 'uploaded', 'announced'].includes(state) && { ready }),
      ...more,
    });
    await mkdir(dirname(pathOf(id, 'json')), { recursive: true });
    await writeFile(pathOf(id, 'json'), JSON.stringify(record));
  }
  const list = async (query: string): Promise<EventsAnswer> =>
    (await (await console_.get(`/api/events?${query}`)).json()) as EventsAnswer;

  it('shows an event at once, its picture before its clip, and how far the clip is', async () => {
    await write(idOf(5), 'claimed');
    await write(idOf(40), 'claimed');
    await write(idOf(50), 'cut');
    await write(idOf(60), 'announced');
    await write(idOf(70), 'failed', { error: { code: 'no_footage', message: 'nothing was recorded' } });
    await write(idOf(65), 'merged', { mergedInto: idOf(60) });
    await writeFile(pathOf(idOf(40), 'jpg'), 'picture');
    const { events } = await list('camera=cam_1');
    expect(events.map(({ at, state }) => [NOW - at, state])).toEqual([
      [5, 'waiting'],
      [40, 'cutting'],
      [50, 'uploading'],
      [60, 'ready'],
      [65, 'ready'],
      [70, 'failed'],
    ]);
    const [waiting, cutting, , ready, merged, failed] = events;
    expect(waiting).toMatchObject({ percent: 37, event_type: 'person', start: NOW - 15, end: NOW + 25 });
    expect(waiting).not.toHaveProperty('thumbnail_path');
    expect(failed).toMatchObject({ code: 'no_footage', message: 'nothing was recorded' });
    expect(ready).toMatchObject({
      partial: true,
      gaps,
      media_path: `/api/media/clips/cam_1/2026-11-23/${idOf(60)}.mp4`,
    });
    expect(merged).toMatchObject({ clip_id: idOf(60), event_id: `e ${idOf(65)}`, media_path: ready?.media_path });

    const picture = await console_.get(cutting?.thumbnail_path ?? '');
    expect([picture.status, picture.headers.get('content-type'), await picture.text()]).toEqual([
      200,
      'image/jpeg',
      'picture',
    ]);
    const part = await console_.get(cutting?.thumbnail_path ?? '', { range: 'bytes=2-3' });
    expect([part.status, await part.text()]).toEqual([206, 'ct']);
  });

  it('pages by before without a loss where two events are of one instant', async () => {
    for (const id of [idOf(1000, 'cam_2'), idOf(1010, 'cam_2'), `${idOf(1010, 'cam_2')}_abcdef`, idOf(1020, 'cam_2')])
      await write(id, 'claimed');
    const seen: number[] = [];
    for (let before: number | undefined = NOW; before !== undefined;) {
      const { events, next_before: next }: EventsAnswer = await list(`camera=cam_2&limit=2&before=${before}`);
      seen.push(...events.map(({ at }) => NOW - at));
      before = next;
    }
    expect(seen).toEqual([1000, 1010, 1010, 1020]);
    const iso = new Date((NOW - 1005) * 1000).toISOString();
    expect((await list(`camera=cam_2&end=${iso}&start=${NOW - 1015}`)).events).toHaveLength(2);
    expect((await list('camera=cam_2&type=vehicle')).events).toEqual([]);
    expect((await list('camera=cam_2&type=vehicle,person')).events).toHaveLength(4);
  });

  it('has no picture for a name that is no event, or that leads elsewhere', async () => {
    const id = idOf(90);
    await write(id, 'claimed');
    await symlink(join(console_.folder.path, 'cameras.yml'), pathOf(id, 'jpg'));
    for (const [name, status] of [
      [id, 404],
      [idOf(91), 404],
      ['..%2f..%2fcameras.yml', 404],
    ] as const)
      expect((await console_.get(`/api/events/${name}/picture.jpg`)).status).toBe(status);
  });
});
