import { ContractError } from '@vr/contracts';

const EXCERPT_CHARACTERS = 200;
/** A character takes at most 4 bytes; a body may be megabytes, its excerpt need not be. */
const EXCERPT_BYTES = EXCERPT_CHARACTERS * 4;

/** A body as JSON. Throws `invalid_payload`; a byte that is not UTF-8 is a fault, never a replacement character. */
export function parseBody(body: Uint8Array): unknown {
  if (body.length === 0) throw new ContractError('invalid_payload', 'wanted JSON, got an empty body');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new ContractError('invalid_payload', 'wanted JSON, got bytes that are not UTF-8');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ContractError('invalid_payload', `wanted JSON: ${(error as Error).message}`.slice(0, 300));
  }
}

/** A body as JSON, or undefined where it is not: for handlers that also take raw bodies. */
export function tryParseBody(body: Uint8Array): unknown {
  try {
    return parseBody(body);
  } catch {
    return undefined;
  }
}

/** The first 200 characters of a body, for the log. */
export function excerpt(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, EXCERPT_BYTES)).slice(0, EXCERPT_CHARACTERS);
}
