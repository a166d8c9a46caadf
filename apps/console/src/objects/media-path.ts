export type MediaKind = 'clips' | 'snapshots';

/** Where the page finds an object: through the console, so that it needs no way of its own to the object store. */
export function mediaPath(kind: MediaKind, key: string): string {
  return `/api/media/${kind}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
