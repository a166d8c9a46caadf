import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '@vr/testing';
import { pages } from './pages';

/** The links and pictures of a Markdown text that lead to files of ours, without what stands in code. */
function linksIn(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '`code`');
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target).filter(
    (target) => !/^[a-z]+:/.test(target),
  );
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** What is wrong with a link; undefined where it leads somewhere. */
async function faultOf(from: string, link: string): Promise<string | undefined> {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? from : join(dirname(from), file);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return `${from}: ${link} is not there`;
  if (anchor === undefined) return undefined;
  const headings = Array.from((await readFile(path, 'utf8')).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    anchorOf(heading),
  );
  return headings.includes(anchor) ? undefined : `${from}: ${link} is no heading there`;
}

describe('the documents', () => {
  it('have no link into nothing', async () => {
    const links = (await pages()).flatMap(({ path, text }) =>
      linksIn(text).map((link) => [join(REPOSITORY, path), link] as const),
    );
    expect(links.length).toBeGreaterThan(20);
    const faults = await Promise.all(links.map(([path, link]) => faultOf(path, link)));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});
