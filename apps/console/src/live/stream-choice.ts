/** Which stream of a camera a watch gets. No I/O. */
import type { LiveRequest, StreamKind } from '@vr/contracts';

type Wanted = Pick<Extract<LiveRequest, { op: 'watch' }>, 'stream' | 'codecs'>;

/** The streams that may be the answer, the best first. A page that says what it plays may get the other one, too. */
export function candidates({ stream, codecs }: Wanted, hasSub: boolean): StreamKind[] {
  if (stream === 'still') return [];
  const both: StreamKind[] = stream === 'main' ? ['main', 'sub'] : ['sub', 'main'];
  const mayChoose = stream === 'auto' || codecs !== undefined;
  return both.filter((kind) => (kind === 'main' || hasSub) && (mayChoose || kind === stream));
}

/** Whether a page that named these codecs plays a file with those. It counts what the picture is made by. */
export function plays(codecs: readonly string[] | undefined, file: string): boolean {
  const [picture = ''] = file.split(',');
  return codecs?.some((name) => picture === name || picture.startsWith(`${name}.`)) ?? true;
}
