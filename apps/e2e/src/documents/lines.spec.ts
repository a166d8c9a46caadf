import { examples, pages } from './pages';

const COLUMNS = 120;

/** A row of a table is one line, however long; so is a word or a link that nothing can break. */
const mayBeLong = (line: string): boolean => line.startsWith('|') || !/\S\s+\S/.test(line.replace(/^\s*[-#>]+\s+/, ''));

describe('the documents and examples', () => {
  it(`have no line over ${COLUMNS} columns, tables excepted`, async () => {
    const all = [...(await pages()), ...(await examples())];
    expect(all.length).toBeGreaterThan(100);
    const long = all.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, i) =>
          line.length > COLUMNS && !mayBeLong(line) ? [`${path}:${i + 1}: ${line.length} columns`] : [],
        ),
    );
    expect(long).toEqual([]);
  });
});
