// Camera URLs as people type them: passwords hold @, : and / unescaped, which no URL parser takes.

/** `host:554/path@x` is a port and a path: a password that begins with digits and a slash must come encoded. */
const WITH_CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)([^\s:@/]*):(?!\d{1,5}\/)(\S*)@([^\s@]*)$/i;

/** The URL with user and password percent-encoded, as ffmpeg wants it. A `%41` in them counts as encoded already. */
export function encodedCameraUrl(url: string): string {
  return url.replace(WITH_CREDENTIALS, (_, scheme: string, user: string, password: string, rest: string) => `${scheme}${encoded(user)}:${encoded(password)}@${rest}`);
}

function encoded(text: string): string {
  return text.replace(/%[0-9a-f]{2}|[\s\S]/giu, (part) => (part.length > 1 && part.startsWith('%') ? part : encodeURIComponent(part)));
}
