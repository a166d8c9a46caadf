/** It allows a comma for a point, which programs write in a locale such as de_DE or pt_BR. */
const NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/i;

/** A number that came as text. Undefined where the text is not a number, such as one with a unit. */
export function numberFrom(text: string): number | undefined {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed.replace(',', '.')) : undefined;
}
