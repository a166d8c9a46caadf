import { maskSecrets } from './secrets/secrets';

/** What logs and people are told of an error. */
export interface ErrorFacts {
  name: string;
  code?: string | number;
  message: string;
  /** Where the error came from. It holds frames only, because the message stands above. */
  stack?: string;
  cause?: ErrorFacts;
  errors?: ErrorFacts[];
}

const MOST_FRAMES = 20;
const MOST_FRAME_CHARACTERS = 2048;
const MOST_CAUSES = 3;
const MOST_ERRORS = 3;

/** A text without secrets, of at most so many characters. It says so where it was cut. */
export function shownText(text: string, mostCharacters: number): string {
  const shown = maskSecrets(text, { upTo: mostCharacters });
  return text.length <= mostCharacters ? shown : `${shown}… (cut: ${text.length} characters)`;
}

/**
 * An error by its name, code, message, frames and causes. It leaves out what client libraries hang on their errors.
 * ioredis keeps the whole command, which holds a password or a job. Node keeps the URL that it could not read.
 */
export function errorFacts(error: unknown, mostCharacters = 2048, causes = MOST_CAUSES): ErrorFacts {
  if (!isError(error)) return { name: 'something that is no error', message: shownText(textOf(error), mostCharacters) };
  const { code } = error as { code?: unknown };
  const facts: ErrorFacts = {
    name: shownText(error.name, 100),
    message: shownText(withoutQuotedText(textOf(error.message)), mostCharacters),
  };
  if (typeof code === 'number') facts.code = code;
  else if (typeof code === 'string') facts.code = shownText(code, 100);
  const frames = framesOf(error);
  if (frames !== '') facts.stack = shownText(frames, Math.min(mostCharacters, MOST_FRAME_CHARACTERS));
  if (causes > 0 && error.cause !== undefined) facts.cause = errorFacts(error.cause, mostCharacters, causes - 1);
  if (causes > 0 && error instanceof AggregateError)
    facts.errors = error.errors.slice(0, MOST_ERRORS).map((each) => errorFacts(each, mostCharacters, 0));
  return facts;
}

/**
 * What an error says, in one text for people. It is never empty, although Node's own error for a server of two
 * addresses has no message.
 */
export function errorText(error: unknown): string {
  if (!isError(error)) return textOf(error);
  if (error.message !== '') return withoutQuotedText(error.message);
  const others = error instanceof AggregateError ? error.errors.map((each) => errorText(each)).join('; ') : '';
  return others === '' ? error.name : others;
}

/**
 * What JSON.parse says, without the piece of the text that it quotes. That piece may be half a secret, which no mask
 * knows.
 */
export function withoutQuotedText(message: string): string {
  if (!message.endsWith(' is not valid JSON')) return message;
  const token = /^Unexpected token '.{1,2}'/su.exec(message)?.[0];
  return token === undefined ? 'this is not valid JSON' : `${token}: this is not valid JSON`;
}

/**
 * Whether a value is an error, also one of another realm, which is not an instance of our Error. Node's own errors are
 * such where code runs in a context of its own.
 */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function framesOf({ stack }: Error): string {
  if (typeof stack !== 'string') return '';
  return stack
    .slice(-100_000)
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .slice(0, MOST_FRAMES)
    .join('\n');
}

function textOf(value: unknown): string {
  try {
    return String(typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
  } catch {
    return 'something that cannot be shown';
  }
}
