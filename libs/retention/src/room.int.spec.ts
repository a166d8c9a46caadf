import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BudgetView } from '@vr/contracts';
import { temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { readRoomWanted, writeBudgets } from './budget-files';
import { NoRoomError, Room, type RoomOptions } from './room';
import { readSpace } from './volume';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const KB = 1000;

describe('room for clips, on a real disk', () => {
  let folder: TemporaryFolder;
  let clips: string;
  let now: { ms: number };
  beforeEach(async () => {
    folder = await temporaryFolder('room');
    clips = join(folder.path, 'clips');
    now = { ms: NOW_MS };
    await mkdir(join(folder.path, 'recordings'));
    await mkdir(clips);
  });
  afterEach(() => folder.remove());

  const roomWith = (more: Partial<RoomOptions> = {}): Room =>
    new Room({
      ...{
        what: 'clips',
        folder: clips,
        objectFolders: [join(folder.path, 'objects/clips')],
        recordingsDir: join(folder.path, 'recordings'),
      },
      ...{
        maxGb: (100 * KB) / 1e9,
        highPercent: 100,
        minFreeGb: 0,
        clock: { nowMs: () => now.ms, monotonicMs: () => now.ms },
        ...more,
      },
    });
  const put = async (path: string, bytes: number): Promise<void> => {
    const whole = join(folder.path, path);
    await mkdir(dirname(whole), { recursive: true });
    await writeFile(whole, Buffer.alloc(bytes));
  };
  const janitorSays = (view: Partial<BudgetView>, agoMs = 0): Promise<void> =>
    writeBudgets(join(folder.path, 'recordings'), {
      at: (now.ms - agoMs) / 1000,
      clips: {
        budget_bytes: 100 * KB,
        used_bytes: 0,
        spare_bytes: 0,
        unmet_bytes: 0,
        protected_bytes: 0,
        not_uploaded_bytes: 0,
        ...view,
      },
    });

  it('is what the budget has beside what lies there, objects too, is being made or was made since', async () => {
    await put('clips/cam_1/2026-11-23/a.mp4', 30 * KB);
    await put('objects/clips/cam_1/2026-11-23/a.mp4', 30 * KB);
    const room = roomWith();
    await room.take('b', 30 * KB);
    await expect(room.take('c', 11 * KB)).rejects.toThrow(
      'there is no room for 11.0 kB more: clips take 90.0 kB of their 100 kB (CLIPS_MAX_GB)',
    );
    room.giveBack('b');
    await room.take('c', 11 * KB);
    await put('clips/cam_1/2026-11-23/c.mp4', 11 * KB);
    room.wrote('c', 11 * KB, 11 * KB); // the object of this clip is still to come
    await expect(room.take('d', 20 * KB)).rejects.toThrow(NoRoomError);
    now.ms += 60_000;
    await expect(room.take('d', 20 * KB)).rejects.toThrow(NoRoomError);
    await room.take('d', 18 * KB);
  });

  it('is found again when the janitor has made some', async () => {
    await put('clips/cam_1/2026-11-22/a.mp4', 90 * KB);
    const room = roomWith();
    await expect(room.take('b', 20 * KB)).rejects.toThrow(NoRoomError);
    expect(await readRoomWanted(clips)).toEqual({ at: NOW_MS / 1000, wanted_bytes: 20 * KB });
    await rm(join(clips, 'cam_1/2026-11-22/a.mp4'));
    now.ms += 1500;
    await room.take('b', 20 * KB);
    expect(await readRoomWanted(clips)).toBeUndefined();
  });

  it('is not taken from what the disk has above its high mark', async () => {
    const space = await readSpace(clips);
    if (!space) throw new Error('the folder is there');
    const usedPercent = (space.usedBytes / (space.usedBytes + space.freeBytes)) * 100;
    await expect(roomWith({ highPercent: usedPercent - 0.5 }).take('a', 1)).rejects.toThrow(
      /the disk of .* is too full for 1 B more: .* what is above its high mark is for recording/,
    );
    await expect(roomWith({ minFreeGb: space.freeBytes / 1e9 + 10 }).take('a', 1)).rejects.toThrow(/is too full/);
    await roomWith({ highPercent: usedPercent + 0.5 }).take('a', 1);
  });

  it.each([
    ['more may go', { spare_bytes: 50 * KB }, 0, undefined],
    [
      'less may go than is wanted',
      { spare_bytes: 5 * KB, not_uploaded_bytes: 60 * KB, protected_bytes: 1 * KB },
      0,
      'and nothing more may go to make room (60.0 kB wait for the object store, 1.00 kB are protected)',
    ],
    [
      'the janitor has found no room',
      { spare_bytes: 50 * KB, unmet_bytes: 1 },
      0,
      'and nothing more may go to make room (the rest are clips and snapshots that are being made)',
    ],
    ['no janitor is at work', { spare_bytes: 50 * KB }, 3_600_000, 'and no janitor is at work to make room'],
  ])('is refused to a request by hand, or not, where %s', async (_, view, agoMs, why) => {
    await put('clips/cam_1/2026-11-23/a.mp4', 90 * KB);
    const room = roomWith();
    await janitorSays(view, agoMs);
    await room.checkByHand();
    await expect(room.take('b', 20 * KB)).rejects.toThrow(NoRoomError);
    const answer = room.checkByHand();
    if (why === undefined) await answer;
    else
      await expect(answer).rejects.toMatchObject({
        code: 'storage_unavailable',
        message: expect.stringContaining(why) as string,
      });
  });

  it('is refused to requests by hand where they hold half of the budget; events have the rest', async () => {
    await put('clips/cam_1/2026-11-23/a.mp4', 60 * KB);
    const room = roomWith();
    await janitorSays({ used_bytes: 60 * KB, protected_bytes: 60 * KB, held_by_hand_bytes: 50 * KB });
    await room.checkByHand();
    await janitorSays({ used_bytes: 60 * KB, protected_bytes: 60 * KB, held_by_hand_bytes: 51 * KB });
    await expect(room.checkByHand()).rejects.toMatchObject({
      code: 'storage_unavailable',
      message:
        'clips that were asked for by hand take 51.0 kB and may not go, more than half of their budget (100 kB): ' +
        'the rest is for events; lift protections, or wait until the object store has them',
    });
    await room.takeSoon('of an event', 30 * KB, 1000);
    await janitorSays({ held_by_hand_bytes: 51 * KB }, 3_600_000); // that janitor is no longer at work
    await room.checkByHand();
  });

  it('is waited for, where it may be made', async () => {
    await put('clips/cam_1/2026-11-22/a.mp4', 90 * KB);
    const room = roomWith({ clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() } });
    now.ms = Date.now();
    await janitorSays({ spare_bytes: 90 * KB });
    const soon = room.takeSoon('b', 20 * KB, 10_000);
    await until(() => readRoomWanted(clips), { what: 'the request for room', deadlineMs: 5000 });
    await rm(join(clips, 'cam_1/2026-11-22/a.mp4'));
    await soon;
  });
});
