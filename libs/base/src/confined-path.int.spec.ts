import { existsSync, realpathSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { confinedPath, confinedPathSync, joinNames, OutsideRootError } from './confined-path';

let folder: TemporaryFolder;
let root: string;
/** A sibling whose name begins like the root's. */
let outside: string;

beforeAll(async () => {
  folder = await temporaryFolder('confined');
  root = join(folder.path, 'clips');
  outside = join(folder.path, 'clips-of-others');
  await mkdir(join(root, 'cam_1', '2026-11-23'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(root, 'cam_1', 'a.json'), '');
  await writeFile(join(outside, 'secret'), '');
  await symlink(outside, join(root, 'cam_out'));
  await symlink('../../clips-of-others', join(root, 'cam_1', 'day_out'));
  await symlink(join(outside, 'secret'), join(root, 'cam_1', 'record.json'));
  await symlink(join(outside, 'not-yet'), join(root, 'cam_1', 'to-nothing'));
  await symlink('b', join(root, 'a'));
  await symlink('a', join(root, 'b'));
  await symlink('cam_1', join(root, 'cam_same'));
  await symlink(root, join(folder.path, 'linked-root'));
});
afterAll(() => folder.remove());

/** Asks both forms, which must agree. */
async function outcome(base: string, ...parts: string[]): Promise<string> {
  const shown = (error: unknown): string => (error instanceof OutsideRootError ? error.code : String(error));
  const late = await confinedPath(base, ...parts).catch(shown);
  let now: string;
  try {
    now = confinedPathSync(base, ...parts);
  } catch (error) {
    now = shown(error);
  }
  expect(now).toBe(late);
  return late;
}

describe('a path below a root', () => {
  it.each([
    ['of a file that is there', ['cam_1', 'a.json']],
    ['of one that is not there', ['cam_1', 'c.json']],
    ['of a folder that is not there', ['cam_2', '2026-11-23', 'c.json']],
    ["of an object's key", ['cam_1/2026-11-23/event_cam_1_1.000.mp4']],
    ['through a link that stays inside', ['cam_same', 'a.json']],
    ['below a file', ['cam_1', 'a.json', 'x']],
  ])('is given: %s', async (_, parts) => {
    expect(await outcome(root, ...parts)).toBe(join(root, ...parts));
  });

  it('is given where the root is a link, ends with a slash, is relative, or is not there yet', async () => {
    expect(await outcome(join(folder.path, 'linked-root'), 'cam_1')).toBe(join(folder.path, 'linked-root', 'cam_1'));
    expect(await outcome(`${root}/`, 'cam_1')).toBe(join(root, 'cam_1'));
    expect(await outcome('libs', 'base')).toBe('libs/base');
    expect(await outcome('/', 'tmp')).toBe('/tmp');
    expect(await outcome(join(folder.path, 'later'), 'cam_1', 'a')).toBe(join(folder.path, 'later', 'cam_1', 'a'));
  });

  it.each([
    ['by ..', ['..', 'clips-of-others', 'secret']],
    ['by .. inside a part', ['cam_1/../../clips-of-others']],
    ['by .. that comes back', ['cam_1/../cam_1']],
    ['by an absolute path', ['/etc/passwd']],
    ['by an empty part', ['cam_1', '']],
    ['by no part at all', []],
    ['by a dot', ['.']],
    ['by a zero byte', ['cam_1\0.json']],
    ['by a line break', ['cam_1\n.json']],
    ['by a name longer than a name may be', ['x'.repeat(256)]],
    ['through a folder that is a link', ['cam_out', 'secret']],
    ['through a folder that is a link, to a file that is not there', ['cam_out', 'new', 'file']],
    ['through a relative link further down', ['cam_1', 'day_out', 'secret']],
    ['by a file that is a link', ['cam_1', 'record.json']],
    ['by a link to nothing, which a write would make', ['cam_1', 'to-nothing']],
    ['by links that lead round', ['a', 'x']],
  ])('is refused: %s', async (_, parts) => {
    expect(await outcome(root, ...parts)).toBe('outside_root');
  });

  it('says what was wanted and what came', async () => {
    await expect(confinedPath(root, '../x')).rejects.toThrow(`wanted plain names of files below ${root}, got "../x"`);
    await expect(confinedPath(root, 'cam_out', 'secret')).rejects.toThrow(
      `wanted a path that stays in ${root}, and ${root}/cam_out/secret leads to ${outside}/secret`,
    );
  });

  it('is not given where an ancestor may not be looked at: that error is of the disk, and stays one', async () => {
    await expect(confinedPath(root, ...Array.from({ length: 30 }, () => 'x'.repeat(200)))).rejects.toMatchObject({
      code: 'ENAMETOOLONG',
    });
  });

  it('never leaves, whatever the parts are (10,000)', () => {
    const name = fc.oneof(
      fc.constantFrom('..', '.', '', 'cam_1', 'cam_out', 'day_out', 'a', '\0', '~', '%2e%2e'),
      fc.string({ maxLength: 12 }),
    );
    const part = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        try {
          expect(joinNames(root, ...parts).startsWith(`${root}/`)).toBe(true);
          const path = confinedPathSync(root, ...parts);
          expect(path.startsWith(`${root}/`)).toBe(true);
          // Every part of the path that exists lies in the root.
          for (let at = path; at !== root; at = dirname(at))
            if (existsSync(at)) expect(realpathSync(at).startsWith(`${root}/`)).toBe(true);
        } catch (error) {
          if (!(error instanceof OutsideRootError)) throw error;
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
