import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '@vr/testing';
import { settingsOf, WORKERS } from './worker-settings';

/** The lines of env.example that are no settings. Compose makes volumes, ports and limits of them. */
const OF_COMPOSE = [
  'AUDIT',
  'CLIPPER_MEMORY',
  'CLIPS',
  'CONSOLE_BIND',
  'CONSOLE_MEMORY',
  'JANITOR_MEMORY',
  'OBJECTS',
  'RECORDER_MEMORY',
  'RECORDINGS',
  'SNAPSHOTS',
  'SNAPSHOTTER_MEMORY',
];
/** Settings that a container needs as they are. Another value would only break it. */
const LEFT_ALONE = ['HTTP_HOST', 'HTTP_PORT', 'RECORDINGS_REQUIRE_MOUNT'];

const text = (path: string): Promise<string> => readFile(join(REPOSITORY, path), 'utf8');

function namesIn(part: string, pattern: RegExp): Set<string> {
  return new Set(Array.from(part.matchAll(pattern), ([, name = '']) => name));
}

/** The first column of README's table of settings, and the line on what else `npm start` takes. */
async function inReadme(): Promise<Set<string>> {
  const [, configuration = ''] = /^## Configuration\n([\s\S]+?)^## /m.exec(await text('README.md')) ?? [];
  const firstCells = Array.from(configuration.matchAll(/^\| (.+?) \|/gm), ([, cell]) => cell).join(' ');
  return namesIn(firstCells, /`([A-Z][A-Z0-9_]+)`/g);
}

describe('the settings of the workers', () => {
  let known: Set<string>;
  let example: Set<string>;
  let compose: string;
  beforeAll(async () => {
    known = new Set();
    // Jest cannot import several at once
    for (const worker of WORKERS) for (const name of await settingsOf(worker)) known.add(name);
    example = namesIn(await text('deploy/env.example'), /^#?([A-Z][A-Z0-9_]+)=/gm);
    compose = await text('docker-compose.jetson.yml');
  });
  /** Not those that compose passes on from .env. */
  const isSetByCompose = (name: string): boolean => new RegExp(`^ +${name}: (?!\\$\\{${name}\\b)`, 'm').test(compose);
  const without = (names: Iterable<string>, is: (name: string) => boolean): string[] =>
    [...names].filter((name) => !is(name)).sort();

  it('stand in README’s table, and nothing else does', async () => {
    const told = await inReadme();
    expect(known.size).toBeGreaterThan(60);
    expect(without(known, (name) => told.has(name))).toEqual([]);
    expect(without(told, (name) => known.has(name))).toEqual([]);
  });

  it('stand in deploy/env.example, but for those that compose decides', () => {
    const isThere = (name: string): boolean =>
      example.has(name) || example.has(`${name}_FILE`) || isSetByCompose(name) || LEFT_ALONE.includes(name);
    expect(without(known, isThere)).toEqual([]);
  });

  it('are all that deploy/env.example holds, beside what compose makes of it', () => {
    const isSetting = (name: string): boolean => known.has(name) || known.has(name.replace(/_FILE$/, ''));
    expect(without(example, isSetting)).toEqual(OF_COMPOSE);
    for (const name of OF_COMPOSE) expect(compose).toContain(`\${${name}:-`);
  });
});
