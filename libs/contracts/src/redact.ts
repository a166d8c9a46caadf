const MASK = '***';
/**
 * `scheme://user:password@`: the user ends at the first colon, the password at the last `@` before white space or a quote,
 * because passwords as people type them hold `@`, `:` and `/` too. A URL without credentials has no `@` before its path,
 * unless the path holds one: then too much is masked rather than too little.
 */
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)([^\s:@/"']*):[^\s"']*@/gi;

/** Masks the password of every URL in a text. The one place where that is done; everything that is logged goes through it. */
export function maskPasswords(text: string): string {
  return text.replace(CREDENTIALS, (_, scheme: string, user: string) => `${scheme}${user}:${MASK}@`);
}
