import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cameraId } from '@vr/contracts';
import { protectionOf } from '@vr/protections';
import { forgedText, memoryFolder, treeOf, type TemporaryFolder } from '@vr/testing';
import fc from 'fast-check';
import { DAY_MS, START_MS, startJanitor, type StartedJanitor } from './janitor.fixture';

/** A whole pass costs more than a look, so a tenth as many run. */
const RUNS = Number(process.env['FORGERIES'] ?? 10_000);
const AT = START_MS - DAY_MS;
const id = `event_cam_1_${(AT / 1000).toFixed(3)}`;
const day = new Date(AT).toISOString().slice(0, 10);
const job = {
  clipId: id,
  identity: 'i',
  eventId: 'e',
  eventType: 't',
  cameraId: 'cam_1',
  timestampMs: AT,
  startMs: AT - 1000,
  endMs: AT + 1000,
  source: {},
};
const held = protectionOf(
  { cameraId: cameraId.parse('cam_1'), startMs: AT, endMs: AT + 60_000, reason: 'trial 7/26' },
  AT,
);
const memory = {
  seenMs: START_MS - 600_000,
  doubtedUntilMs: START_MS,
  announced: [{ group: 'footage of cam_1', rule: '7', announcedMs: AT }],
  announcedObjects: [],
};

describe('a janitor among forged records, states and links', () => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;
  const at = (...parts: string[]): string => join(folder.path, ...parts);
  beforeEach(async () => {
    folder = await memoryFolder('janitor');
    mkdirSync(at('outside', day), { recursive: true });
    for (const name of [
      'victim',
      `${id}.mp4`,
      `${day}/${id}.json`,
      `${day}/cam_1_${day.replaceAll('-', '')}_000000.000Z_1000.mp4`,
    ])
      writeFileSync(at('outside', name), 'as it was');
    started = await startJanitor(folder.path);
  });
  afterEach(() => folder.remove());

  it(`reads ${RUNS} forged memories, and begins anew where one is none`, async () => {
    let whole = 0;
    await fc.assert(
      fc.asyncProperty(forgedText(memory), async (text) => {
        writeFileSync(at('recordings', '.janitor.json'), text);
        if ((await started.memory.read()).announced.length > 0) whole += 1;
      }),
      { numRuns: RUNS, seed: 20_261_127 },
    );
    expect(whole).toBeGreaterThan(RUNS / 20);
  }, 300_000);

  it(`passes ${RUNS / 10} times over them, with a full disk: it deletes what is old, and nothing outside`, async () => {
    const before = JSON.stringify(treeOf(at('outside')));
    const place = fc.constantFrom('none', 'camera', 'day', 'record', 'video', 'protections');
    const world = fc.record({
      record: forgedText({ state: 'announced', job }),
      memory: forgedText(memory),
      protection: fc.option(forgedText(held)),
      place,
      usedBytes: fc.constantFrom(500, 950),
    });
    let deleted = 0;
    await fc.assert(
      fc.asyncProperty(world, async (forged) => {
        for (const name of ['recordings', 'clips', 'snapshots']) rmSync(at(name), { recursive: true, force: true });
        const clips = (...parts: string[]): string => at('clips', ...parts);
        for (const hoursAgo of [2, 3, 4]) await started.segment(hoursAgo);
        const old = await started.segment(9 * 24);
        mkdirSync(clips('cam_1'), { recursive: true });
        if (forged.place === 'camera') symlinkSync(at('outside'), clips('cam_2'));
        if (forged.place === 'day') symlinkSync(at('outside', day), clips('cam_1', day));
        else {
          mkdirSync(clips('cam_1', day));
          if (forged.place === 'record') symlinkSync(at('outside', 'victim'), clips('cam_1', day, `${id}.json`));
          else writeFileSync(clips('cam_1', day, `${id}.json`), forged.record);
          if (forged.place === 'video') symlinkSync(at('outside', 'victim'), clips('cam_1', day, `${id}.mp4`));
          else writeFileSync(clips('cam_1', day, `${id}.mp4`), '0123456789');
        }
        if (forged.place === 'protections') symlinkSync(at('outside'), at('recordings', 'cam_1', 'protections'));
        else {
          mkdirSync(at('recordings', 'cam_1', 'protections'));
          if (forged.protection !== null)
            writeFileSync(at('recordings', 'cam_1', 'protections', `${held.protection_id}.json`), forged.protection);
        }
        writeFileSync(at('recordings', '.janitor.json'), forged.memory);
        started.volumes.usedBytes = forged.usedBytes;
        await started.janitor.sweep();
        if (!(await started.isThere(old))) deleted += 1;
        expect(JSON.stringify(treeOf(at('outside')))).toBe(before);
      }),
      { numRuns: RUNS / 10, seed: 20_261_128 },
    );
    expect(deleted).toBeGreaterThan(RUNS / 200);
    expect(readdirSync(at('outside')).length).toBe(3);
  }, 300_000);
});
