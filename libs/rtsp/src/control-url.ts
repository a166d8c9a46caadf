/** Which URL a request about a media or the whole session names (RFC 2326, C.1.1, and what cameras make of it). */

/**
 * The base of all control URLs: Content-Base, else Content-Location, else the URL that was asked. Cameras leave it
 * empty, or give a path alone: then the URL that was asked is the base.
 */
export function baseUrl(asked: string, contentBase: string | undefined, contentLocation: string | undefined): string {
  return [contentBase, contentLocation].find((url) => url !== undefined && isAbsolute(url)) ?? asked;
}

/**
 * `control` as it stands in the SDP. It is appended to the base, also behind a query: that is what live555 and ffmpeg
 * do, and therefore what cameras expect (`rtsp://cam/live?channel=1/trackID=0`).
 */
export function controlUrl(base: string, control: string | undefined): string {
  if (control === undefined || control === '' || control === '*') return base;
  if (isAbsolute(control)) return control;
  return base.endsWith('/') || control.startsWith('?')
    ? `${base}${control.replace(/^\//, '')}`
    : `${base}/${control.replace(/^\//, '')}`;
}

const isAbsolute = (url: string): boolean => /^rtsps?:\/\/[^/]/i.test(url);
