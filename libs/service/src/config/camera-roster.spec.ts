import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { HealthRegistry } from '../health';
import { Shutdown } from '../shutdown';
import { CameraRoster } from './camera-roster';

const file = (...cameras: string[]): string =>
  `cameras:\n${cameras.map((id) => `  - {id: ${id}, url: "rtsp://u:secret@h/${id}"}\n`).join('')}`;

describe('CameraRoster', () => {
  let folder: TemporaryFolder;
  let path: string;
  let shutdown: Shutdown;
  let health: HealthRegistry;
  let roster: CameraRoster;
  const lines: string[] = [];
  const changes: string[][] = [];
  const note = (...args: unknown[]): void => void lines.push(JSON.stringify(args));

  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'cameras.yaml');
    await writeFile(path, file('cam_1'));
    lines.length = 0;
    changes.length = 0;
    shutdown = new Shutdown({ error: note });
    health = new HealthRegistry();
    roster = new CameraRoster({ CAMERAS_FILE: path }, { info: note, error: note }, health, shutdown);
    roster.onChange((cameras) => changes.push(cameras.map(({ id }) => id)));
  });
  afterEach(async () => {
    await shutdown.run();
    await folder.remove();
  });

  const ids = (): string =>
    roster
      .all()
      .map(({ id }) => id)
      .join();
  const becomes = (wanted: string): Promise<boolean> =>
    until(() => ids() === wanted, { what: `the cameras ${wanted}`, deadlineMs: 10_000 });
  const sentence = async (): Promise<string | undefined> =>
    (await health.readiness()).dependencies['cameras file']?.sentence;

  it('tells of cameras that come and go, also when an editor puts a new file in the place of the old', async () => {
    await writeFile(`${path}.new`, file('cam_1', 'cam_2'));
    await rename(`${path}.new`, path);
    await becomes('cam_1,cam_2');
    await writeFile(path, file('cam_2'));
    await becomes('cam_2');
    expect(changes).toEqual([['cam_1', 'cam_2'], ['cam_2']]);
    expect(roster.find('cam_1')).toBeUndefined();
  });

  it.each([
    ['text that is no YAML', 'cameras: [', /cannot read/],
    ['a camera without url', 'cameras: [{id: cam_1}]', /cameras\.0\.url|0\.url/],
    ['nothing', '', /CAMERAS_FILE: wanted "cameras:" and a list below it, got an empty file/],
    ['a list without its key', '- {id: cam_1}', /CAMERAS_FILE: wanted "cameras:" and a list below it, got a list/],
    ['a key without its list', 'cameras:', /CAMERAS_FILE: cameras: wanted a list of cameras/],
    [
      'a list with a camera of no RTSP, which is named',
      `${file('cam_1')}  - {id: garden, url: "http://h/x"}`,
      /CAMERAS_FILE: cameras\.1\.url of garden: wanted rtsp/,
    ],
    ['the same camera twice', file('cam_1', 'cam_1'), /twice/],
    [
      'a password in the brackets of a variable',
      'cameras: [{id: cam_1, url: "rtsp://u:${hunter2secret}@h/1"}]',
      /^(?!.*hunter2)[^]*not shown, is not set/,
    ],
    [
      'a password that is taken for an alias',
      'cameras: [{id: cam_1, url: *hunter2secret }]',
      /^(?!.*hunter2)[^]*an alias/,
    ],
    [
      'a variable that is not set',
      'cameras: [{id: cam_1, url: "rtsp://u:${NO_SUCH_VARIABLE}@h/1"}]',
      /NO_SUCH_VARIABLE/,
    ],
  ])('keeps the cameras when the file becomes %s, says what is wrong, and recovers', async (_, wrong, words) => {
    await writeFile(path, wrong);
    await until(async () => words.test((await sentence()) ?? ''), { what: 'the fault to be said', deadlineMs: 10_000 });
    expect(ids()).toBe('cam_1');
    expect(changes).toEqual([]);
    await writeFile(path, file('cam_1', 'cam_3'));
    await becomes('cam_1,cam_3');
    expect(await sentence()).toBe('2 cameras configured');
    expect(lines.join('\n')).not.toContain('secret');
  });

  it('takes a variable that the environment lacks from secrets/NAME beside the file', async () => {
    await mkdir(join(folder.path, 'secrets'));
    await writeFile(join(folder.path, 'secrets/GATE_PASSWORD'), 'hunter2secret\n');
    await writeFile(path, 'cameras: [{id: gate, url: "rtsp://u:${GATE_PASSWORD}@h/1"}]');
    await becomes('gate');
    expect(roster.find('gate')?.url).toBe('rtsp://u:hunter2secret@h/1');
    expect(lines.join('\n')).not.toContain('hunter2secret');
  });

  it('keeps the cameras when the file is gone', async () => {
    await rm(path);
    await until(async () => (await sentence())?.includes('cannot read'), {
      what: 'the loss to be said',
      deadlineMs: 10_000,
    });
    expect(ids()).toBe('cam_1');
  });
});
