// Texts that make a masking of secrets as slow as it can be: each repeats what makes it look twice, or go back.

export interface HostileText {
  name: string;
  text: string;
}

/** Hostile to one who knows these secrets, and one of 200 `a`. */
export function hostileTexts(secrets: readonly string[], length: number): HostileText[] {
  const fill = (piece: string, beginning = ''): string =>
    beginning + piece.repeat(Math.ceil(length / piece.length)).slice(beginning.length, length);
  const all = secrets.join(' ');
  const texts: Record<string, string> = {
    words: fill('the camera\'s stream ended; trying again {"camera":"cam_1"} '),
    'URLs without an end': fill('rtsp://'),
    'URLs whose passwords do not end': fill('rtsp://a:'),
    'one URL': fill('x/', 'rtsp://user:'),
    'at signs in a URL': fill('@', 'rtsp://a:'),
    'quotes in a URL': fill('"', 'rtsp://a:'),
    'colons and equals signs': fill(':='),
    'names of secrets': fill('password='),
    'names of secrets without a value': fill('password= '),
    'ends of names of secrets': fill('ord='),
    'quotes that are not closed': fill('"token":"'),
    bearers: fill('Bearer Bearer12 '),
    'percent signs': fill('%'),
    'percent signs that were encoded again and again': fill('%25'),
    'percent-encoded letters': fill('%41'),
    'percent-encoded bytes that are no UTF-8': fill('%f0%80'),
    backslashes: fill('\\'),
    'escaped quotes': fill('\\"'),
    'unicode escapes': fill('\\u0041'),
    entities: fill('&amp;'),
    'a letter of which a secret holds 200': fill('a'),
    'nearly a secret': fill(`${'a'.repeat(199)}b`),
    'secrets alone': fill(all),
    'secrets alone, percent-encoded': fill(encodeURIComponent(all)),
    'secrets alone, as JSON in JSON': fill(JSON.stringify(JSON.stringify(all))),
    'beginnings of secrets': fill(secrets.map((value) => value.slice(0, -1)).join('')),
    'other alphabets': fill('пароль 密码 🔑 '),
  };
  return Object.entries(texts).map(([name, text]) => ({ name, text }));
}
