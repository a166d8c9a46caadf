import type { Answer } from '../operation';

/** The answers of a file that can be had in pieces. */
export function rangedFile(bytes: string, says: string): Record<number, Answer> {
  return {
    200: { says, bytes },
    206: { says: 'The part that `Range` names.', bytes },
    304: { says: '`If-None-Match` names what we have.' },
    416: { says: 'It has no such part; `Content-Range` has its size.' },
  };
}
