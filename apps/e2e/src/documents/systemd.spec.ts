// What deploy/systemd promises, read from the files, and by systemd itself where it is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSecretSetting } from '@vr/service';
import { REPOSITORY } from '@vr/testing';
import { NODE_ENVIRONMENT, nodeFlags } from '../../../../deploy/local/node-flags.mjs';
import { settingsOf, WORKERS } from './worker-settings';

const FOLDER = join(REPOSITORY, 'deploy/systemd');
const SYSTEMD_ANALYZE = '/usr/bin/systemd-analyze';
const UNITS = ['video-recorder.target', ...WORKERS.map((worker) => `video-recorder-${worker}.service`)];
/** systemd-analyze's own scale: 0 is closed, 100 is all open. A service without hardening has 96. */
const EXPOSURE_MOST = 20;

const read = (path: string): string => readFileSync(join(FOLDER, path), 'utf8');
/** All values of a key, lines that go on put together. */
const valuesOf = (unit: string, key: string): string[] =>
  Array.from(unit.replace(/\\\n\s*/g, '').matchAll(new RegExp(`^${key}=(.*)$`, 'gm')), ([, value = '']) => value);
const variablesOf = (unit: string): [string, string][] =>
  valuesOf(unit, 'Environment')
    .flatMap((line) => line.split(' '))
    .map((one) => one.split('=', 2) as [string, string]);
const run = (...args: string[]): { status: number | null; stderr: string } =>
  spawnSync(SYSTEMD_ANALYZE, args, { encoding: 'utf8' });

const bySystemd = existsSync(SYSTEMD_ANALYZE) ? describe : describe.skip;

describe('deploy/systemd', () => {
  const common = read('video-recorder-.service.d/common.conf');

  describe.each(WORKERS)('the unit of the %s', (worker) => {
    const unit = read(`video-recorder-${worker}.service`);

    it('names settings that the worker reads, and no secret', async () => {
      const settings = await settingsOf(worker);
      const names = variablesOf(unit).map(([name]) => name);
      expect(names).toContain('CAMERAS_FILE');
      expect(names.filter((name) => !settings.includes(name))).toEqual([]);
      expect(names.filter(isSecretSetting)).toEqual([]);
    });

    it('says where each folder is, below the state folder', async () => {
      const folders = (await settingsOf(worker)).filter((name) => name.endsWith('_DIR'));
      const told = new Map(variablesOf(unit));
      expect(folders.length).toBeGreaterThan(0);
      for (const name of folders) expect(told.get(name)).toMatch(/^\/var\/lib\/video-recorder\/[a-z]+$/);
    });

    it('runs Node with the flags of npm start, as its own user', () => {
      const main = `/opt/video-recorder/${worker}/main.js`;
      const flags = nodeFlags(worker, {}).join(' ');
      expect(valuesOf(unit, 'ExecStart')).toEqual([`/usr/bin/env node ${flags} --enable-source-maps ${main}`]);
      expect(valuesOf(unit, 'User')).toEqual(['video-recorder']);
    });

    it('has the limit of its container', () => {
      const compose = readFileSync(join(REPOSITORY, 'docker-compose.jetson.yml'), 'utf8');
      const [, limit] = new RegExp(`\\$\\{${worker.toUpperCase()}_MEMORY:-(\\d+m)\\}`).exec(compose) ?? [];
      expect(valuesOf(unit, 'MemoryMax')).toEqual([limit?.toUpperCase()]);
    });

    it('starts and stops with the target', () => {
      expect(valuesOf(common, 'PartOf')).toEqual(['video-recorder.target']);
      const wanted = valuesOf(read('video-recorder.target'), 'Wants').flatMap((line) => line.split(' '));
      expect(wanted).toContain(`video-recorder-${worker}.service`);
    });
  });

  it('hands the memory settings of npm start to all', () => {
    expect(Object.fromEntries(variablesOf(common))).toEqual({ NODE_ENV: 'production', ...NODE_ENVIRONMENT });
  });

  bySystemd('as systemd-analyze reads it', () => {
    it.each(UNITS)('%s has nothing to complain of', (unit) => {
      expect(run('verify', join(FOLDER, unit))).toMatchObject({ stderr: '', status: 0 });
    });

    it.each(UNITS.filter((unit) => unit.endsWith('.service')))('%s is hardened', (unit) => {
      const { status } = run('security', '--offline=yes', `--threshold=${EXPOSURE_MOST}`, join(FOLDER, unit));
      expect(status).toBe(0);
    });
  });
});
