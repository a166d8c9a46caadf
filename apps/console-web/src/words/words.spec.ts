import { en } from './en';
import { languageFor } from './language';
import { ptBr } from './pt-br';

const placeholders = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe('the words of the pages', () => {
  it('have the same keys in both languages, and none is empty', () => {
    expect(Object.keys(ptBr).sort()).toEqual(Object.keys(en).sort());
    expect(Object.values({ ...en }).concat(Object.values(ptBr))).not.toContain('');
  });

  it('name the same things in both languages', () => {
    const named = (words: Record<string, string>): [string, string[]][] =>
      Object.entries(words).map(([key, text]) => [key, placeholders(text)]);
    expect(named(ptBr)).toEqual(named(en));
  });

  it.each([
    [['pt-PT', 'en-US'], 'pt-BR'],
    [['de-DE', 'pt'], 'pt-BR'],
    [['en-GB', 'pt-BR'], 'en'],
    [['de'], 'en'],
    [[], 'en'],
  ])('are for a browser that wants %j in %s', (wanted, language) => {
    expect(languageFor(wanted)).toBe(language);
  });
});
