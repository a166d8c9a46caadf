// The documents of the repository: what people read, and the settings that they copy.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '@vr/testing';

export interface Page {
  /** The path from the repository's root on: `docs/clients.md`. */
  path: string;
  text: string;
}

const AT_THE_TOP = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

export async function pages(): Promise<Page[]> {
  const docs = (await filesBelow('docs')).filter((path) => path.endsWith('.md'));
  return readAll([...AT_THE_TOP, ...docs]);
}

/**
 * People read the comments of these files before they change them: compose, servers, containers, the forms for issues.
 */
export async function examples(): Promise<Page[]> {
  const below = (await Promise.all(['deploy/nats', 'deploy/proxy', '.github'].map(filesBelow))).flat();
  return readAll([
    'docker-compose.jetson.yml',
    'docker-compose.encoder.yml',
    'deploy/env.example',
    'deploy/cameras.example.yaml',
    ...below,
  ]);
}

/** The names of all files below a folder of the repository, from the repository on. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(REPOSITORY, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(REPOSITORY.length + 1))
    .sort();
}

function readAll(paths: readonly string[]): Promise<Page[]> {
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(REPOSITORY, path), 'utf8') })));
}
