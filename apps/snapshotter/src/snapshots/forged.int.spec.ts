import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@vr/base';
import { cameraConfig, snapshotId, snapshotKey, snapshotRecord } from '@vr/contracts';
import { SnapshotFolder, type WantedSnapshot } from '@vr/library';
import { createRegistry, HealthRegistry, Shutdown } from '@vr/service';
import { forgedText, memoryFolder, treeOf, type TemporaryFolder } from '@vr/testing';
import fc from 'fast-check';
import type { Picture } from '../pictures/picture';
import { SnapshotDelivery } from './snapshot-delivery';
import { SnapshotMetrics } from './snapshot-metrics';
import { SnapshotOutbox } from './snapshot-outbox';
import { SnapshotTaker } from './snapshot-taker';

const RUNS = Number(process.env['FORGERIES'] ?? 10_000);
const LANES = 10;
const NOW_MS = Date.UTC(2026, 10, 23, 2, 15, 0, 123);
const DAY = '2026-11-23';
const id = snapshotId.parse('cam_1_2026-11-23T02-14-00.123Z');
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock: Clock = { nowMs: () => NOW_MS, monotonicMs: () => 0 };

const own = {
  ...{
    camera_id: 'cam_1',
    timestamp: (NOW_MS - 60_000) / 1000,
    reason: 'event:person',
    snapshot_id: id,
    event_id: 'e',
    bucket: 'snapshots',
    key: snapshotKey(id),
  },
  ...{ source: {}, identity: 'id:cam_1:e', moment: 'event', claimed_at: NOW_MS / 1000 - 50 },
};
const taken = {
  source_of_image: 'footage',
  captured_at: NOW_MS / 1000 - 60,
  width: 2,
  height: 1,
  size_bytes: 7,
  sha256: 'a'.repeat(64),
};
const records = [
  { ...own, state: 'claimed' },
  { ...own, ...taken, state: 'taken' },
  { ...own, ...taken, state: 'announced' },
];

const wanted = (): WantedSnapshot => {
  const record = snapshotRecord.parse(records[0]);
  if (record.state !== 'claimed') throw new Error('wanted a claimed one');
  return record;
};

/** A SNAPSHOTS_DIR with links in it beside other files, and the workers that use it. */
class Lane {
  readonly keys = new Set<string>();
  readonly folder: SnapshotFolder;
  readonly outbox: SnapshotOutbox;
  private readonly shutdown = new Shutdown(logger);
  private readonly root: string;
  private readonly before: string;

  constructor(private readonly path: string) {
    this.root = join(path, 'snapshots');
    mkdirSync(join(path, 'outside', DAY), { recursive: true });
    writeFileSync(join(path, 'outside', 'victim'), 'as it was');
    this.clear();
    this.before = this.others();
    const cameras = {
      find: (name: string) =>
        name.startsWith('cam_') ? cameraConfig.parse({ id: name, url: 'rtsp://10.0.0.5/1' }) : undefined,
    };
    const picture = (): Promise<Picture> =>
      Promise.resolve({
        jpeg: Buffer.from('picture'),
        width: 2,
        height: 1,
        capturedMs: NOW_MS - 60_020,
        source: 'footage',
      });
    const store = {
      keyOf: (key: string) => key,
      putFile: async (bucket: string, key: string) => void this.keys.add(`${bucket}/${key}`),
      url: async () => 'http://store/x',
    };
    this.folder = new SnapshotFolder(this.root, logger);
    const delivery = new SnapshotDelivery(this.folder, store, { publish: async () => undefined });
    const taker = new SnapshotTaker(clock, cameras, { now: picture, at: picture, ofEvent: picture }, this.folder, {
      take: async () => undefined,
      wrote: () => undefined,
      giveBack: () => undefined,
    });
    this.outbox = new SnapshotOutbox(
      clock,
      logger,
      this.folder,
      taker,
      delivery,
      new SnapshotMetrics(createRegistry(), clock),
      new HealthRegistry(),
      this.shutdown,
    );
  }

  clear(): void {
    rmSync(this.root, { recursive: true, force: true });
    mkdirSync(join(this.root, '.outbox'), { recursive: true });
    mkdirSync(join(this.root, 'cam_1', DAY), { recursive: true });
    symlinkSync('../outside', join(this.root, 'cam_2'));
    symlinkSync('../../outside', join(this.root, 'cam_1', '2026-11-22'));
  }

  at = (...parts: string[]): string => join(this.root, ...parts);
  expectOthersUntouched = (): void => expect(this.others()).toBe(this.before);
  end = (): Promise<unknown> => this.shutdown.run();
  private others = (): string => JSON.stringify(treeOf(join(this.path, 'outside')));
}

describe('whoever writes into SNAPSHOTS_DIR', () => {
  let folder: TemporaryFolder;
  const lanes: Lane[] = [];
  const lane = (name: string): Lane => {
    const made = new Lane(join(folder.path, name));
    lanes.push(made);
    return made;
  };
  beforeAll(async () => {
    folder = await memoryFolder('forged');
  });
  afterAll(async () => {
    await Promise.all(lanes.map((each) => each.end()));
    await folder.remove();
  });

  it(`leaves ${RUNS} forged records and links there: the snapshotter goes on and touches nothing outside`, async () => {
    const outcomes = { read: 0, announced: 0, passedOver: 0 };
    // The record lies under its own name, or under that of a snapshot whose day or camera has a link as its folder.
    const names = fc.constantFrom<string>(
      id,
      id,
      id,
      id.replace('cam_1', 'cam_2'),
      id.replace(DAY, '2026-11-22'),
      '..',
      'x',
    );
    const value = fc.record({ name: names, text: fc.constantFrom(...records).chain(forgedText), isLink: fc.boolean() });
    const each = Array.from({ length: LANES }, (_, i) => lane(`records-${i}`));
    const many = fc.array(value, { minLength: LANES, maxLength: LANES });
    const run = async (
      one: Lane,
      { name, text, isLink }: typeof value extends fc.Arbitrary<infer T> ? T : never,
    ): Promise<void> => {
      const renamed = text.replaceAll(id, name).replaceAll(`cam_1/${DAY}`, `${name.slice(0, 5)}/${name.slice(6, 16)}`);
      writeFileSync(
        one.at('.outbox', `${name}.json`),
        name.startsWith('cam_2') ? renamed.replaceAll('"cam_1"', '"cam_2"') : renamed,
      );
      if (isLink) symlinkSync('../../../outside/victim', one.at('cam_1', DAY, `${id}.jpg`));
      for (const found of await one.folder.openIds()) {
        const record = await one.folder.readOpen(found);
        if (!record) {
          outcomes.passedOver += 1;
          continue;
        }
        outcomes.read += 1;
        await one.outbox.make(record).then(
          () => (outcomes.announced += 1),
          () => undefined,
        );
      }
      one.expectOthersUntouched();
      one.clear();
    };
    const property = fc.asyncProperty(many, async (values) => {
      await Promise.all(values.map((one, i) => run(each[i] as Lane, one)));
    });
    await fc.assert(property, { numRuns: RUNS / LANES, seed: 20_261_126 });
    expect(Math.min(outcomes.read, outcomes.announced, outcomes.passedOver)).toBeGreaterThan(RUNS / 100);
    for (const { keys } of each)
      for (const key of keys)
        expect(key).toMatch(
          /^[a-z0-9]([a-z0-9-]|\.(?!\.))+\/cam_1\/2026-11-\d\d\/cam_1_2026-11-\d\dT[\d.-]+Z[_0-9a-f]*\.jpg$/,
        );
  }, 300_000);

  it.each([
    ['the outbox', '.outbox'],
    ['the place of work', '.work'],
    ['the camera', 'cam_1'],
    ['the day', `cam_1/${DAY}`],
  ])('puts a link in the place of %s: nothing is written through it', async (name, path) => {
    const one = lane(name);
    rmSync(one.at(path), { recursive: true, force: true });
    symlinkSync(join(folder.path, name, 'outside'), one.at(path));
    await one.folder.removeLeftovers();
    await one.folder
      .claim(wanted())
      .then(({ record }) => one.outbox.make(record))
      .catch(() => undefined);
    one.expectOthersUntouched();
  });

  it('puts links in the place of the picture and of the record: they are replaced, not followed', async () => {
    const one = lane('files');
    symlinkSync('../../../outside/victim', one.at('cam_1', DAY, `${id}.jpg`));
    symlinkSync('../../../outside/victim', one.at('cam_1', DAY, `${id}.json`));
    symlinkSync('../../outside/victim', one.at('.outbox', `${id}.json`));
    const { record } = await one.folder.claim(wanted());
    await one.outbox.make(record);
    expect(treeOf(one.at('cam_1', DAY)).filter((line) => line.includes('->'))).toEqual([]);
    one.expectOthersUntouched();
  });
});
