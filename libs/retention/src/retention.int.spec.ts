import { appendFile, mkdir, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@vr/base';
import { cameraId, type AuditEntry } from '@vr/contracts';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { AuditLog } from '@vr/audit';
import { segmentPath } from '@vr/footage';
import {
  listProtections,
  protectionOf,
  readProtection,
  removeProtection,
  writeProtection,
  type KnownProtections,
} from '@vr/protections';
import { FootageCatalogue } from './footage-catalogue';
import { footageBytes } from './footage-days';

const START_MS = Date.UTC(2026, 10, 22, 10);
const HOUR_MS = 3_600_000;
/** Long after every time that the file system reports. */
const later: Clock = { nowMs: () => Date.now() + HOUR_MS, monotonicMs: () => performance.now() };

describe('on a real file system', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => (folder = await temporaryFolder('retention')));
  afterEach(() => folder.remove());

  describe('the catalogue', () => {
    const segment = async (hour: number, o: { open?: boolean; bytes?: number } = {}): Promise<string> => {
      const path = segmentPath(folder.path, 'cam_1', START_MS + hour * HOUR_MS, o.open ? undefined : HOUR_MS);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, Buffer.alloc(o.bytes ?? 10));
      return path;
    };

    it('sees what comes, grows, closes and goes', async () => {
      const catalogue = new FootageCatalogue(folder.path, later);
      expect(await catalogue.refresh()).toEqual([]);
      await segment(1);
      const first = await segment(0, { bytes: 7 });
      const open = await segment(2, { open: true });
      const [day] = await catalogue.refresh();
      expect(day).toMatchObject({
        cameraId: 'cam_1',
        day: '2026-11-22',
        open: [{ sizeBytes: 10 }],
        names: 3,
      });
      expect(day?.closed.toArray()).toMatchObject([
        { startMs: START_MS, sizeBytes: 7 },
        { startMs: START_MS + HOUR_MS, sizeBytes: 10 },
      ]);
      await truncate(open, 500);
      expect((await catalogue.refresh()).map(footageBytes)).toEqual([517]);
      await segment(2, { bytes: 600 });
      await rm(open);
      await rm(first);
      expect((await catalogue.refresh()).map(footageBytes)).toEqual([610]);
      await rm(join(folder.path, 'cam_1'), { recursive: true });
      expect(await catalogue.refresh()).toEqual([]);
    });

    it('asks for a closed segment’s size once, and not for names that did not change', async () => {
      const catalogue = new FootageCatalogue(folder.path, later);
      const path = await segment(0);
      await catalogue.refresh();
      await truncate(path, 99); // no recorder does that
      await segment(1);
      expect((await catalogue.refresh()).map(footageBytes)).toEqual([20]);
    });

    it('looks again where a folder is so young that a change in the same tick would not show', async () => {
      const catalogue = new FootageCatalogue(folder.path, { ...later, nowMs: () => Date.now() });
      const path = await segment(0);
      await catalogue.refresh();
      await truncate(path, 99);
      await rm(path);
      await segment(3);
      expect((await catalogue.refresh()).map(({ closed }) => closed.toArray().map(({ startMs }) => startMs))).toEqual([
        [START_MS + 3 * HOUR_MS],
      ]);
    });

    it('passes over links, and over a day’s file in another day', async () => {
      const path = await segment(0);
      const other = join(folder.path, 'cam_1', '2026-11-21');
      await mkdir(other);
      await writeFile(join(other, 'cam_1_20261122_100000.000Z_3600000.mp4'), 'x');
      await symlink(path, join(dirname(path), 'cam_1_20261122_110000.000Z_3600000.mp4'));
      await symlink(join(folder.path, 'cam_1'), join(folder.path, 'cam_2'));
      const days = await new FootageCatalogue(folder.path, later).refresh();
      expect(days.map(({ cameraId, day, closed, names }) => [cameraId, day, closed.length, names]).sort()).toEqual([
        ['cam_1', '2026-11-21', 0, 1],
        ['cam_1', '2026-11-22', 1, 2],
      ]);
    });
  });

  describe('the audit', () => {
    const clock: Clock = { nowMs: () => START_MS, monotonicMs: () => 0 };
    const entry = (what: string): Omit<AuditEntry, 'at'> => ({ who: 'janitor', action: 'delete', what, why: 'test' });
    const lines = async (): Promise<string[]> => {
      const all = (await readFile(join(folder.path, '2026-11-22.jsonl'), 'utf8')).split('\n');
      expect(all.pop()).toBe(''); // the last line ends with a line end, too
      return all;
    };

    it('takes lines of several writers at once, each whole; an empty one may stand between batches', async () => {
      const writers = [1, 2, 3, 4].map(() => new AuditLog(folder.path, clock));
      await Promise.all(
        writers.flatMap((writer, w) =>
          Array.from({ length: 50 }, (_, i) => writer.write([entry(`${w} ${i}`.padEnd(500, '.')), entry('second')])),
        ),
      );
      const written = await lines();
      // The format allows it: a writer that looks while another one writes takes that line for torn.
      const isEmpty = written.map((line) => line === '');
      expect(isEmpty.some((empty, i) => empty && (i === 0 || isEmpty[i - 1]))).toBe(false);
      const read = written.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditEntry);
      expect(read).toHaveLength(400);
      for (let i = 0; i < read.length; i += 2) expect(read[i + 1]?.what).toBe('second');
      expect(new Set(read.map(({ at }) => at))).toEqual(new Set(['2026-11-22T10:00:00.000Z']));
    });

    it('takes lines of a single writer without an empty one between', async () => {
      const log = new AuditLog(folder.path, clock);
      for (let i = 0; i < 50; i++) {
        await log.write([entry(`${i}`.padEnd(500, '.')), entry('second')]);
        log.writeNow([entry('third')]);
      }
      expect((await lines()).map((line) => (JSON.parse(line) as AuditEntry).what.length)).toEqual(
        Array.from({ length: 150 }, (_, i) => [500, 6, 5][i % 3]),
      );
    });

    it('begins a new line behind what a power cut left', async () => {
      await appendFile(join(folder.path, '2026-11-22.jsonl'), '{"at":"2026-11-22T0');
      const log = new AuditLog(folder.path, clock);
      await log.write([entry('a')]);
      await log.write([entry('b')]);
      expect((await lines()).slice(1).map((line) => (JSON.parse(line) as AuditEntry).what)).toEqual(['a', 'b']);
    });

    it('begins a new line behind what a full disk left of any writer’s line, also later in the day', async () => {
      const log = new AuditLog(folder.path, clock);
      log.writeNow([entry('a')]);
      await appendFile(join(folder.path, '2026-11-22.jsonl'), '{"at":"2026-11-22T0');
      log.writeNow([entry('b')]);
      await appendFile(join(folder.path, '2026-11-22.jsonl'), '{"at":"2026-11-22T0');
      await log.write([entry('c')]);
      const whole = (await lines()).filter((line) => line.endsWith('}'));
      expect(whole.map((line) => (JSON.parse(line) as AuditEntry).what)).toEqual(['a', 'b', 'c']);
    });
  });

  describe('protections', () => {
    const request = {
      cameraId: cameraId.parse('cam_1'),
      startMs: START_MS,
      endMs: START_MS + HOUR_MS,
      reason: 'trial 7/26',
    };
    const none = (): never => {
      throw new Error('no fault was expected');
    };

    it('are read as they were written, one for the same range and reason, gone when removed', async () => {
      const held = protectionOf(request, START_MS);
      await writeProtection(folder.path, held);
      const longer = {
        ...protectionOf({ ...request, expiresMs: START_MS + 9 * HOUR_MS }, START_MS),
        created_at: held.created_at,
      };
      await writeProtection(folder.path, longer);
      const other = protectionOf({ ...request, reason: 'another' }, START_MS);
      await writeProtection(folder.path, other);
      expect((await listProtections(folder.path, none)).sort((a, b) => a.reason.localeCompare(b.reason))).toEqual([
        other,
        longer,
      ]);
      for (const one of [held, other, other]) await removeProtection(folder.path, one);
      expect(await listProtections(folder.path, none)).toEqual([]);
      expect(await readdir(join(folder.path, 'cam_1', 'protections'))).toEqual([]);
    });

    it('are read again only where their files changed', async () => {
      const [held, other] = [
        protectionOf(request, START_MS),
        protectionOf({ ...request, reason: 'another' }, START_MS),
      ];
      for (const one of [held, other]) await writeProtection(folder.path, one);
      const known: KnownProtections = new Map();
      const byId = async () =>
        new Map((await listProtections(folder.path, none, known)).map((one) => [one.protection_id, one]));
      const first = await byId();
      await writeProtection(folder.path, { ...other, expires: 1795500000 });
      const second = await byId();
      // the same object: its file was not read again
      expect(second.get(held.protection_id)).toBe(first.get(held.protection_id));
      expect(second.get(other.protection_id)).toEqual({ ...other, expires: 1795500000 });
      await removeProtection(folder.path, held);
      expect([...(await byId()).keys()]).toEqual([other.protection_id]);
      expect(await readProtection(folder.path, held.protection_id)).toBeUndefined();
      expect(await readProtection(folder.path, other.protection_id)).toEqual({ ...other, expires: 1795500000 });
    });

    it('that cannot be read are handed out as faults, never passed over', async () => {
      const held = protectionOf(request, START_MS);
      await writeProtection(folder.path, held);
      const path = join(folder.path, 'cam_1', 'protections', `${held.protection_id}.json`);
      const faults: string[] = [];
      for (const text of ['{"protection_id"', '{}', JSON.stringify({ ...held, camera_id: 'cam_2' })]) {
        await writeFile(path, text);
        expect(await listProtections(folder.path, (cameraId, at) => faults.push(`${cameraId} ${at}`))).toEqual([]);
      }
      expect(faults).toEqual(Array(3).fill(`cam_1 ${path}`));
    });
  });

  it('keeps times out of what it decides by: a segment that was touched is as old as its name says', async () => {
    const path = segmentPath(folder.path, 'cam_1', START_MS, HOUR_MS);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x');
    await utimes(path, new Date(), new Date());
    const [day] = await new FootageCatalogue(folder.path, later).refresh();
    expect(day?.closed.toArray().map(({ endMs }) => endMs)).toEqual([START_MS + HOUR_MS]);
  });
});
