import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraId, type CameraStatus } from '@vr/contracts';
import { memoryFolder, temporaryFolder, type TemporaryFolder } from '@vr/testing';
import {
  readCameraState,
  writeCameraState,
  checkFootage,
  appendGap,
  readGaps,
  finishOpenGap,
  knownGaps,
  writeOpenGap,
} from '@vr/footage';
import { listProtections, protectionOf, writeProtection } from '@vr/protections';

const AT = Date.UTC(2026, 10, 23, 12);
const DAY = '2026-11-23';
const camera = cameraId.parse('cam_1');
const state: CameraStatus = { camera_id: camera, state: 'recording', since: AT / 1000 };
const gap = { startMs: AT, endMs: AT + 5000, reason: 'camera_refused' as const };

/** The things that may lie under the name of a side file. */
const damages: [string, (path: string) => Promise<unknown>][] = [
  ['a sparse file of 700 MB', async (path) => (await writeFile(path, ''), truncate(path, 700 * 1024 * 1024))],
  ['a folder', (path) => mkdir(path)],
  ['a pipe', async (path) => execFileSync('mkfifo', [path])],
  ['a link', (path) => symlink('/etc/passwd', path)],
  ['a file that may not be read', (path) => writeFile(path, '{}', { mode: 0 })],
];

describe.each(damages)('%s in the place of a file beside the footage', (name, damage) => {
  let folder: TemporaryFolder;
  const at = (...parts: string[]): string => join(folder.path, ...parts);
  const asNobody = process.getuid?.() === 0 && name.includes('may not');
  beforeEach(async () => {
    folder = await memoryFolder('side');
    await mkdir(at('cam_1', DAY), { recursive: true });
    await mkdir(at('cam_1', 'protections'));
    for (const path of [at(), at('cam_1'), at('cam_1', DAY), at('cam_1', 'protections')]) await chmod(path, 0o777);
    // Root may read everything, so the tests run as somebody else.
    if (asNobody) process.seteuid?.(65_534);
  });
  afterEach(() => {
    if (asNobody) process.seteuid?.(0);
    return folder.remove();
  });

  it('gap.json: no interruption is known, and the next one is written', async () => {
    await damage(at('cam_1', 'gap.json'));
    expect(await finishOpenGap(folder.path, camera)).toBeUndefined();
    expect(await knownGaps(folder.path, camera, AT, AT + 1000)).toEqual([]);
    await writeOpenGap(folder.path, camera, gap);
    expect(await finishOpenGap(folder.path, camera)).toMatchObject({ startMs: AT, reason: 'camera_refused' });
  });

  it('state.json: nothing is known of the camera', async () => {
    await damage(at('cam_1', 'state.json'));
    expect(await readCameraState(folder.path, camera)).toBeUndefined();
  });

  it('gaps.jsonl: the others are known, and the next one is written', async () => {
    await damage(at('cam_1', DAY, 'gaps.jsonl'));
    expect(await readGaps(folder.path, camera, AT - 1000, AT + 10_000)).toEqual([]);
    await appendGap(folder.path, camera, gap);
    expect(await readGaps(folder.path, camera, AT - 1000, AT + 10_000)).toEqual([gap]);
  });

  it('a protection: it is told, and is not taken for none', async () => {
    const held = protectionOf({ cameraId: camera, startMs: AT, endMs: AT + 60_000, reason: 'trial' }, AT);
    const path = at('cam_1', 'protections', `${held.protection_id}.json`);
    await damage(path);
    const faults: string[] = [];
    expect(await listProtections(folder.path, (_, where) => faults.push(where))).toEqual([]);
    expect(faults).toEqual([path]);
    await rm(path, { recursive: true });
    await writeProtection(folder.path, held);
    expect(await listProtections(folder.path, (_, where) => faults.push(where))).toEqual([held]);
  });
});

describe('files beside the footage', () => {
  it('what stood in the way of a gap is in quarantine; `footage check` names a file that is too large', async () => {
    const folder = await temporaryFolder('side');
    await mkdir(join(folder.path, 'cam_1', DAY, 'gaps.jsonl'), { recursive: true });
    await appendGap(folder.path, camera, gap);
    expect(await readdir(join(folder.path, '.quarantine'))).toEqual(['gaps.jsonl']);
    await mkdir(join(folder.path, 'cam_1', '.gap.json.tmp'));
    await writeOpenGap(folder.path, camera, gap);
    await truncate(join(folder.path, 'cam_1', DAY, 'gaps.jsonl'), 5 * 1024 * 1024);
    const { findings } = await checkFootage({
      recordingsDir: folder.path,
      recorderStopped: true,
      repair: true,
      clock: { nowMs: () => AT, monotonicMs: () => 0 },
    });
    expect(findings.filter(({ kind }) => kind === 'file_unreadable')).toMatchObject([
      { found: expect.stringContaining('wanted at most 4194304 bytes') as string, repaired: false },
    ]);
    await writeCameraState(folder.path, state);
    expect(await readCameraState(folder.path, camera)).toEqual(state);
    await folder.remove();
  });
});
