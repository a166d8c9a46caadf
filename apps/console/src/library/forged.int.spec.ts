import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forgedText, memoryFolder, treeOf, type TemporaryFolder } from '@vr/testing';
import fc from 'fast-check';
import { StoredClips } from './stored-clips';
import { StoredSnapshots } from './stored-snapshots';

const RUNS = Number(process.env['FORGERIES'] ?? 10_000);
/** So many consoles run side by side. One alone would only wait for the system. */
const LANES = 10;
const AT = Date.UTC(2026, 10, 23, 12);
const DAY = '2026-11-23';
const clipId = `event_cam_1_${AT / 1000}.000`;
const snapshotId = 'cam_1_2026-11-23T12-00-00.000Z';
const job = {
  clipId,
  identity: 'i',
  eventId: 'e',
  eventType: 't',
  cameraId: 'cam_1',
  timestampMs: AT,
  startMs: AT - 1000,
  endMs: AT + 1000,
  source: {},
};
const media = { bucket: 'clips', size_bytes: 1, sha256: '0'.repeat(64), width: 640, height: 360 };
const ready = {
  ...{
    clip_id: clipId,
    event_id: 'e',
    camera_id: 'cam_1',
    event_type: 't',
    url: '',
    thumbnail_url: '',
    timestamp: AT / 1000,
    start: AT / 1000 - 1,
    end: AT / 1000 + 1,
    duration: 2,
  },
  ...{
    requested_start: AT / 1000 - 1,
    requested_end: AT / 1000 + 1,
    partial: false,
    gaps: [],
    key: `cam_1/${DAY}/${clipId}.mp4`,
    codec: 'h264',
    source: {},
    ...media,
  },
};
const snapshot = {
  ...{
    state: 'announced',
    camera_id: 'cam_1',
    timestamp: AT / 1000,
    reason: 'x',
    snapshot_id: snapshotId,
    key: `cam_1/${DAY}/${snapshotId}.jpg`,
    identity: 'i',
    moment: 'event',
  },
  ...{ claimed_at: AT / 1000, source_of_image: 'frame', captured_at: AT / 1000, ...media },
};

describe('what the console lists', () => {
  let folder: TemporaryFolder;
  const asked: string[] = [];
  const store = {
    keyOf: (key: string) => key,
    url: async (bucket: string, key: string) => `http://store/${asked.push(`${bucket}/${key}`)}`,
  };
  const at = (...parts: string[]): string => join(folder.path, ...parts);
  beforeEach(async () => {
    folder = await memoryFolder('stored');
    for (const name of ['clips', 'snapshots']) mkdirSync(at(name, 'cam_1', DAY), { recursive: true });
    mkdirSync(at('outside', DAY), { recursive: true });
    writeFileSync(
      at('outside', DAY, `${clipId.replace('cam_1', 'cam_2')}.json`),
      JSON.stringify({ state: 'announced', job, ready }).replaceAll('cam_1', 'cam_2'),
    );
    writeFileSync(at('outside', DAY, `${snapshotId.replace('cam_1', 'cam_2')}.jpg`), '');
    for (const name of ['clips', 'snapshots']) symlinkSync(at('outside'), at(name, 'cam_2'));
    asked.length = 0;
  });
  afterEach(() => folder.remove());

  it(`show ${RUNS} forged records as what lies under that name, or not at all, and link to nothing else`, async () => {
    const lanes = Array.from({ length: LANES }, (_, i) => {
      const roots = {
        CLIPS_DIR: at(`${i}`, 'clips'),
        SNAPSHOTS_DIR: at(`${i}`, 'snapshots'),
        SNAPSHOTS_BUCKET: 'snapshots',
      };
      const [record, picture] = [
        join(roots.CLIPS_DIR, 'cam_1', DAY, `${clipId}.json`),
        join(roots.SNAPSHOTS_DIR, 'cam_1', DAY, `${snapshotId}.jpg`),
      ];
      for (const path of [record, picture]) mkdirSync(dirname(path), { recursive: true });
      writeFileSync(picture, '');
      return {
        clips: new StoredClips(roots, store),
        snapshots: new StoredSnapshots(roots, store),
        record,
        told: picture.replace('.jpg', '.json'),
      };
    });
    let shown = 0;
    const texts = fc.record({ clip: forgedText({ state: 'announced', job, ready }), snapshot: forgedText(snapshot) });
    const property = fc.asyncProperty(fc.array(texts, { minLength: LANES, maxLength: LANES }), async (all) => {
      const looks = lanes.map(async ({ clips, snapshots, record, told }, i) => {
        writeFileSync(record, all[i]?.clip ?? '');
        writeFileSync(told, all[i]?.snapshot ?? '');
        const [found, pictures] = await Promise.all([clips.newest({ limit: 20 }), snapshots.newest({ limit: 20 })]);
        shown += found.length;
        for (const { key, camera_id, media_path } of found)
          expect([key, camera_id, media_path]).toEqual([ready.key, 'cam_1', `/api/media/clips/${ready.key}`]);
        expect(pictures.map(({ key, camera_id, bucket }) => [key, camera_id, bucket])).toEqual([
          [snapshot.key, 'cam_1', 'snapshots'],
        ]);
      });
      await Promise.all(looks);
    });
    await fc.assert(property, { numRuns: RUNS / LANES, seed: 20_261_129 });
    expect(shown).toBeGreaterThan(RUNS / 50);
    for (const name of new Set(asked))
      expect(name).toMatch(
        /^([a-z0-9]([a-z0-9-]|\.(?!\.))+\/cam_1\/2026-11-23\/event_cam_1_1795435200\.000\.(mp4|jpg)|snapshots\/cam_1\/2026-11-23\/cam_1_2026-11-23T12-00-00\.000Z\.jpg)$/,
      );
  }, 300_000);

  it('pass over names that no object has, links, pipes and folders', async () => {
    const names = ['x\n.json', 'a\\b.json', '.hidden.json', `${'x'.repeat(241)}.json`, `${clipId}.json`];
    for (const name of names)
      writeFileSync(at('clips', 'cam_1', DAY, name), JSON.stringify({ state: 'announced', job, ready }));
    mkdirSync(at('clips', 'cam_1', DAY, 'folder.json'));
    symlinkSync(at('outside', DAY, `${clipId}.json`), at('clips', 'cam_1', DAY, `${clipId}_0a1b2c.json`));
    for (const name of ['\u0007_20261123T120000Z.jpg', 'b\\_20261123T120000Z.jpg', 'x.jpg'])
      writeFileSync(at('snapshots', 'cam_1', DAY, name), '');
    expect(
      (await new StoredClips({ CLIPS_DIR: at('clips') }, store).newest({ limit: 20 })).map(({ clip_id }) => clip_id),
    ).toEqual([clipId]);
    expect(
      await new StoredSnapshots({ SNAPSHOTS_DIR: at('snapshots'), SNAPSHOTS_BUCKET: 'snapshots' }, store).newest({
        limit: 20,
      }),
    ).toEqual([]);
    rmSync(at('clips', 'cam_1', DAY, 'folder.json'), { recursive: true });
    expect(treeOf(at('outside'))).toHaveLength(3);
  });
});
