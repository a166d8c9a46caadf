/**
 * How a camera's footage can be shown in this browser. It always ends in something to look at or to take away.
 */
export interface StreamOnOffer {
  stream: 'main' | 'sub';
  /** The real codec string of its pictures, such as avc1.4d401f, and of its sound where it has any. */
  codecs: readonly string[];
  widthPixels: number;
}

export interface WayToPlay {
  by: 'play' | 'stills' | 'download';
  stream: 'main' | 'sub';
  /** For a source buffer; only of `play`. */
  mimeType?: string;
}

export interface Screen {
  /** MediaSource.isTypeSupported, or ManagedMediaSource's. */
  canPlay: (mimeType: string) => boolean;
  /** False where the server has no decoder to spare, or does not know the codec either. */
  hasStills: boolean;
  /** How wide the picture is on the screen; a wall's pictures are small. */
  widthPixels: number;
}

/**
 * The smallest stream that fills the screen, else the largest that plays. Streams that the browser cannot play become
 * key-frame stills from the server, else a download of the main stream.
 */
export function wayToPlay(streams: readonly StreamOnOffer[], screen: Screen): WayToPlay | undefined {
  const bySize = [...streams].sort((a, b) => a.widthPixels - b.widthPixels);
  const playable = bySize.filter(({ codecs }) => screen.canPlay(mimeTypeOf(codecs)));
  const best = playable.find((stream) => stream.widthPixels >= screen.widthPixels) ?? playable.at(-1);
  if (best !== undefined) return { by: 'play', stream: best.stream, mimeType: mimeTypeOf(best.codecs) };
  const largest = bySize.at(-1);
  return largest && { by: screen.hasStills ? 'stills' : 'download', stream: largest.stream };
}

export function mimeTypeOf(codecs: readonly string[]): string {
  return `video/mp4; codecs="${codecs.join(', ')}"`;
}
