import { filesBelow, pages, type Page } from './pages';

const ROOMS = ['apps', 'libs', 'tools', 'deploy'];

/** The code that stands in backticks, in a line and in blocks. */
const codeIn = ({ text }: Page): string[] => [
  ...Array.from(text.matchAll(/^```[\s\S]*?^```/gm), ([block]) => block),
  ...Array.from(text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g), ([, code = '']) => code),
];
/** Paths from the repository on; `apps/*` and the like name no file. */
const pathsIn = (code: string): string[] =>
  Array.from(code.matchAll(/(?<![\w./-])(?:apps|libs|tools|deploy)\/[\w./*-]*\w/g), ([path]) => path).filter(
    (path) => !path.includes('*'),
  );
/** A file of ours without its folder, or with a part of it: `clip/clip-ledger.ts`. */
const namesIn = (code: string): string[] => (/^[\w./-]+\.(?:ts|mjs)$/.test(code) ? [code] : []);

describe('the documents', () => {
  it('name no path and no source file that is not there', async () => {
    const files = (await Promise.all(ROOMS.map(filesBelow))).flat();
    const there = new Set(
      files.flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))),
    );
    const endings = new Set(files.flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(i).join('/'))));
    const isThere = (path: string): boolean => there.has(path) || made.has(path);
    // The changelog tells of what was.
    const read = (await pages()).filter(({ path }) => path !== 'CHANGELOG.md');
    const named = read.flatMap((page) => codeIn(page).map((code) => ({ from: page.path, code })));
    const paths = named.flatMap(({ from, code }) => pathsIn(code).map((path) => ({ from, path })));
    const names = named.flatMap(({ from, code }) => namesIn(code).map((path) => ({ from, path })));
    expect(paths.length).toBeGreaterThan(100);
    expect(names.length).toBeGreaterThan(100);
    expect(paths.filter(({ path }) => !isThere(path))).toEqual([]);
    expect(names.filter(({ path }) => !endings.has(path))).toEqual([]);
  });
});

/** Files that people make themselves, as a page tells them. */
const made = new Set(['deploy/nats/passwords.conf', 'deploy/nats/site-password.conf', 'deploy/nats/hub-url.conf']);
