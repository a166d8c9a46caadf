import { readFileSync } from 'node:fs';
import { knownSecrets, maskSecrets, splitUrl } from '@vr/base';

const SECRET = /PASS|SECRET|TOKEN|CREDS|ACCESS_KEY|TLS_KEY/;
const ADDRESS = /_(?:URL|ENDPOINT|HOSTS?)$/;
/** These settings hold either a file's path or the content itself. */
const FILE_OR_CONTENT = /CREDS|TLS_KEY/;
const MOST_SHOWN_CHARACTERS = 120;

/** Whether the whole setting is secret. */
export function isSecretSetting(name: string): boolean {
  return SECRET.test(name);
}

/** From now on masked texts hide the setting's secrets: all of it, or the passwords in its URL. */
export function learnSetting(name: string, value: string): void {
  if (FILE_OR_CONTENT.test(name) && !value.includes('-----BEGIN')) knownSecrets.add(contentOf(value));
  else if (isSecretSetting(name)) knownSecrets.add(value);
  else if (ADDRESS.test(name) || value.includes('://')) knownSecrets.addUrl(value);
}

/**
 * The value as a fault of configuration may show it. In a wrong URL nobody knows where the password ends. So none of
 * such a URL is shown.
 */
export function shownSetting(name: string, value: string | undefined): string {
  if (value === undefined) return 'nothing';
  if (isSecretSetting(name)) return '*** (a secret)';
  const { scheme, user, address } = splitUrl(value);
  const shown = ADDRESS.test(name) && user !== undefined ? `${scheme}***@${address}` : value;
  return `"${maskSecrets(shown, { upTo: MOST_SHOWN_CHARACTERS })}"`;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // whoever needs the file will say so
  }
}
