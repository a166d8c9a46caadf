import { bringToItsEnd, type Item } from './life';

describe('the life of an item', () => {
  const after = async (item: Item<string, string, string, string>, failing = ''): Promise<string> => {
    const step = (name: string) => (record: string) =>
      name === failing ? Promise.reject(new Error(`${name} of ${record}`)) : Promise.resolve(`${record} ${name}`);
    return bringToItsEnd(item, { make: step('made'), store: step('stored'), announce: step('announced') });
  };

  it.each([
    ['claimed', 'x made stored announced'],
    ['made', 'x stored announced'],
    ['stored', 'x announced'],
    ['over', 'x'],
  ] as const)('that is %s has the steps done that are left', async (stage, end) => {
    expect(await after({ stage, record: 'x' })).toBe(end);
  });

  it('ends where a step fails, with its error, and no later step is done', async () => {
    await expect(after({ stage: 'claimed', record: 'x' }, 'stored')).rejects.toThrow('stored of x made');
  });
});
