import { gunzipSync } from 'node:zlib';
import { errorText, maskSecrets, parseLooseJson } from '@vr/base';
import { ContractError } from '@vr/contracts';

const EXCERPT_CHARACTERS = 200;
/**
 * We look at this much of a body of megabytes. The mask has to see the end of a secret whose beginning is shown,
 * however it is escaped.
 */
const EXCERPT_BYTES = 16_384;
const LONGEST_REASON = 300;
/** We look through this much of a body that is not JSON, to find what it may be about. */
const GLANCE_BYTES = 64 * 1024;
const GZIP_MARK = 0x8b1f;
const BASE64 = /^[A-Za-z0-9+/_-]{8,}={0,2}\s*$/;

/**
 * Reads a body as JSON: UTF-8, or UTF-16 as PowerShell writes it. It accepts a byte order mark, and the NUL that ends a
 * text in C. Throws `invalid_payload`. A byte that is not UTF-8 is a fault, and never becomes a replacement character.
 */
export function parseBody(body: Uint8Array): unknown {
  if (body.length === 0) throw noJson('an empty body');
  const text = textOf(body)?.replace(/\u0000+$/, '');
  if (text === undefined) throw noJson(isGzip(body) ? 'gzip: send the text itself' : 'bytes that are not UTF-8');
  try {
    return parseLooseJson(text);
  } catch (error) {
    throw noJson(whatItMayBe(text) ?? errorText(error));
  }
}

/** Whether a body holds nothing or only blanks, with or without a byte order mark. */
export function isBlank(body: Uint8Array): boolean {
  return (textOf(body) ?? '?').replaceAll('\u0000', '').trim() === '';
}

/**
 * As much of a body as can be read as text, also out of gzip or base64, or out of bytes that are no text. It serves to
 * find names in the body, not to read it.
 */
export function glance(body: Uint8Array): string {
  const plain = isGzip(body) ? (unzipped(body) ?? body) : body;
  const text = (
    textOf(plain.subarray(0, GLANCE_BYTES)) ?? Buffer.from(plain.subarray(0, GLANCE_BYTES)).toString('latin1')
  ).replaceAll('\u0000', '');
  return BASE64.test(text) ? Buffer.from(text, 'base64').toString('latin1') : text;
}

/** The first 200 characters of a body, for the log. */
export function excerpt(body: Uint8Array): string {
  return maskSecrets(new TextDecoder().decode(body.subarray(0, EXCERPT_BYTES)), { upTo: EXCERPT_CHARACTERS });
}

function noJson(got: string): ContractError {
  return new ContractError('invalid_payload', `wanted JSON, got ${got}`.slice(0, LONGEST_REASON));
}

/** JSON begins with an ASCII character. So the place of the first NUL reveals UTF-16 (RFC 4627, section 3). */
function textOf(body: Uint8Array): string | undefined {
  const [first, second] = body;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && body.length > 2);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  try {
    return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Guesses what a program wrote that was not told to write JSON. */
function whatItMayBe(text: string): string | undefined {
  const trimmed = text.trim();
  if (/^\{\s*'/.test(trimmed)) return "Python's str() of a dict: use json.dumps";
  if (BASE64.test(trimmed) && /^\s*[{[]/.test(Buffer.from(trimmed, 'base64').toString('latin1')))
    return 'base64 of it: send the text itself';
  if (trimmed.startsWith('<')) return 'XML';
  if (/^[\w.-]+=[^{"]*$/.test(trimmed)) return 'a form (name=value)';
  return undefined;
}

function isGzip(body: Uint8Array): boolean {
  return body.length > 2 && Buffer.from(body.buffer, body.byteOffset, 2).readUInt16LE() === GZIP_MARK;
}

function unzipped(body: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(body, { maxOutputLength: GLANCE_BYTES });
  } catch {
    return undefined;
  }
}

/** A body as JSON, or undefined where it is not JSON. */
export function parsedBody(body: Uint8Array): unknown {
  try {
    return parseBody(body);
  } catch {
    return undefined;
  }
}
