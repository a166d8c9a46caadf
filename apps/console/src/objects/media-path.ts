export type Shelf = 'clips' | 'snapshots';

/** Where the page finds an object: through the console, so that it needs no way of its own to the object store. */
export function mediaPath(shelf: Shelf, key: string): string {
  return `/api/media/${shelf}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
