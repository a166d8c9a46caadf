import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY, runToEnd } from '@vr/testing';

const COMMAND = /npm run ([a-z][\w:-]*)(?: -- ([a-z]+))?/g;

/** The names that `npm run proof` or `npm run bench` lists. */
async function subCommandsOf(script: 'proof' | 'bench'): Promise<string[]> {
  const args = ['--import', 'tsx', `tools/${script}.ts`];
  const { stdout } = await runToEnd(process.execPath, args, { folder: REPOSITORY });
  return Array.from(stdout.toString().matchAll(/^ {2}([a-z]+) /gm), ([, name = '']) => name);
}

async function documents(): Promise<string> {
  const docs = (await readdir(join(REPOSITORY, 'docs'), { recursive: true })).filter((name) => name.endsWith('.md'));
  const files = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)];
  return (await Promise.all(files.map((name) => readFile(join(REPOSITORY, name), 'utf8')))).join('\n');
}

describe('the commands that the documents name', () => {
  it('are scripts of package.json, and sub-commands that proof and bench list', async () => {
    const { scripts } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const listed: Record<string, string[]> = {
      proof: await subCommandsOf('proof'),
      bench: await subCommandsOf('bench'),
    };
    expect(listed).toEqual({
      proof: expect.arrayContaining(['cameras', 'kills', 'disk']) as string[],
      bench: expect.arrayContaining(['record', 'janitor']) as string[],
    });
    const named = Array.from((await documents()).matchAll(COMMAND), ([, script = '', name]) => ({ script, name }));
    expect(named.length).toBeGreaterThan(20);
    const isKnown = ({ script, name }: { script: string; name?: string | undefined }): boolean =>
      script in scripts && (name === undefined || (listed[script]?.includes(name) ?? true));
    expect(named.filter((command) => !isKnown(command))).toEqual([]);
  }, 30_000);
});
