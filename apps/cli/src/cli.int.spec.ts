import { spawn } from 'node:child_process';
import { appendFile, cp, mkdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { appendGap, segmentPath, type FootageReport } from '@vr/footage';
import { TestStream } from '@vr/recorded';
import { REPOSITORY, temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { runCommand } from './command';

const START_MS = Date.UTC(2026, 10, 23, 10);

describe('npm run footage', () => {
  let temporary: TemporaryFolder;
  let folder: string;
  let newest: string;

  beforeAll(async () => {
    temporary = await temporaryFolder('footage-cli');
    const recorded = join(temporary.path, 'recorded');
    const stream = await TestStream.encode(4);
    await stream.record(recorded, 'cam_1', START_MS, 0, 4);
    await appendGap(recorded, 'cam_1', { startMs: START_MS + 4000, endMs: START_MS + 6000, reason: 'camera_stalled' });
    await stream.record(recorded, 'cam_1', START_MS + 6000, 0, 4);
    await stream.record(recorded, 'cam_2', START_MS, 0, 2);
  });
  beforeEach(async () => {
    folder = join(temporary.path, 'recordings');
    newest = segmentPath(folder, 'cam_1', START_MS + 6000, 4000);
    await rm(folder, { recursive: true, force: true });
    await cp(join(temporary.path, 'recorded'), folder, { recursive: true });
  });
  afterAll(() => temporary.remove());

  async function footage(...args: string[]): Promise<{ code: number; out: string; said: string }> {
    const [out, said]: string[][] = [[], []];
    const code = await runCommand(args, {
      clock: { nowMs: () => START_MS + 3_600_000, monotonicMs: () => 0 },
      recordingsDir: folder,
      folder,
      width: 60,
      out: (text) => out?.push(text),
      say: (text) => said?.push(text),
    });
    return { code, out: out?.join('\n') ?? '', said: said?.join('\n') ?? '' };
  }

  /** Runs it as a person does: built where stale, with the folder from the environment, on pipes and no terminal. */
  function program(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(REPOSITORY, 'tools/footage.mjs'), ...args], {
        env: { PATH: process.env['PATH'], RECORDINGS_DIR: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  it('checks: 0 where all is in order, 1 where something is wrong or repaired; lists gaps and reasons', async () => {
    const good = await program('check');
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toContain('gaps of cam_1: camera_stalled 2.0 s (1)');
    expect(good.stdout).toContain('2 cameras, 3 segments, 0.000 GB, 10.0 s of footage, 2.0 s of gaps: all in order');

    await appendFile(newest, 'torn');
    const bad = await program('check', 'cam_1');
    expect(bad).toMatchObject({ code: 1, stderr: '' });
    expect(bad.stdout).toMatch(
      /^torn_tail {2}cam_1\/2026-11-23\/cam_1_20261123_100006\.000Z_4000\.mp4\n {2}wanted: .*\n {2}found: /,
    );
    const repaired = await program('check', '--repair', '--json');
    expect(repaired.code).toBe(1);
    const report = JSON.parse(repaired.stdout) as FootageReport;
    expect(report.totals).toMatchObject({ findings: 1, repaired: 1 });
    expect((await program('check')).code).toBe(0);
  });

  it('looks only at the camera and the time that it was asked about', async () => {
    await truncate(newest, 3000);
    expect((await footage('check', 'cam_2')).code).toBe(0);
    expect((await footage('check', '--to', '2026-11-23T10:00:05Z')).code).toBe(0);
    expect((await footage('check', '--from', '-1h')).code).toBe(1);
    expect((await footage('check', '--from', '-30m')).code).toBe(0);
  });

  it('shows of each camera a bar and what it has', async () => {
    const { code, out } = await footage('ls');
    expect(code).toBe(0);
    const [axis, cam1, cam2, , , head, row1, row2] = out.split('\n');
    expect(axis).toMatch(/^ {7}2026-11-23 10:00:00 +2026-11-23 10:00:10$/);
    expect(cam1).toMatch(/^cam_1 {2}█{21}[▓░]·{9,10}[▓░]?█{20,21}$/);
    expect(cam2).toMatch(/^cam_2 {2}█{10}[▓░]·{42}$/);
    expect(head?.split(/ {2,}/)).toEqual(['camera', 'first (UTC)', 'last (UTC)', 'hours', 'GB', 'coverage', 'gaps']);
    expect(row1?.split(/ {2,}/)).toEqual([
      'cam_1',
      '2026-11-23 10:00:00',
      '2026-11-23 10:00:10',
      '0.00',
      '0.000',
      '80 %',
      'camera_stalled 2.0 s (1)',
    ]);
    expect(row2?.split(/ {2,}/)).toEqual([
      'cam_2',
      '2026-11-23 10:00:00',
      '2026-11-23 10:00:02',
      '0.00',
      '0.000',
      '20 %',
      'none',
    ]);
  });

  it('says where footage begins after the time that was asked for', async () => {
    const { out } = await footage('ls', 'cam_1', '--from', '-2h');
    expect(out).toMatch(/camera_stalled 2\.0 s \(1\); no footage before 2026-11-23 10:00:00$/);
    expect((await footage('ls', 'cam_1', '--from', '2026-11-23T10:00:01Z')).out).toMatch(
      /camera_stalled 2\.0 s \(1\)$/,
    );
  });

  it('says so where there is nothing', async () => {
    await mkdir(join(folder, 'empty'));
    expect(await footage('ls', '--dir', 'empty')).toEqual({
      code: 0,
      out: `no footage in ${join(folder, 'empty')}`,
      said: '',
    });
    expect((await footage('ls', '--to', '2026-01-01')).out).toBe(`no footage in ${folder} in this time`);
  });

  it.each([
    [[], 'wanted the command ls or check, got none'],
    [['chek'], 'wanted the command ls or check, got "chek"'],
    [['check', '../etc'], 'wanted the id of a camera, got "../etc"'],
    [['check', 'cam_9'], 'there is no camera cam_9 in'],
    [['check', 'cam_1', 'cam_2'], 'wanted one camera or none, got also "cam_2"'],
    [['check', '--from', 'yesterday'], '--from: wanted a time such as'],
    [['check', '--from', '-1h', '--to', '-2h'], '--from: wanted a time before --to'],
    [['check', '--from'], "'--from <value>' argument missing"],
    [['check', '--delete'], "Unknown option '--delete'"],
    [['ls', '--repair'], '--repair belongs to check'],
    [['ls', '--dir', 'nowhere'], 'wanted the folder of recordings (--dir, RECORDINGS_DIR), got'],
  ])('refuses %j with a sentence and 2', async (args, sentence) => {
    const { code, out, said } = await footage(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(said).toContain(sentence);
    expect(said).not.toContain('    at ');
  });
});
