import { errorFacts, errorText } from './error-facts';

function jsonError(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return error;
  }
}

describe('what JSON.parse says', () => {
  it.each([
    ['{"start": hunter2-and-more', "Unexpected token 'h': this is not valid JSON"],
    ['hunter2-and-more', "Unexpected token 'h': this is not valid JSON"],
    ['{"a":1} "hunter2', /^Unexpected (?:token|non-whitespace)/],
    ['{"token":"hunter2', /^Unterminated string in JSON at position 17/],
    [
      `{"a": "b", hunter2${'.'.repeat(100)}`,
      /^Expected double-quoted property name in JSON|^Unexpected token 'h': this/,
    ],
  ])('of %s is told without a piece of it', (text, wanted) => {
    const error = jsonError(text);
    for (const said of [errorText(error), errorFacts(error).message]) {
      expect(said).toMatch(wanted);
      expect(said).not.toMatch(/hunt/);
    }
  });
});
