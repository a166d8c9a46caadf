import { cameraField, isObject, openEnvelope, type CameraConfig } from '@vr/contracts';
import { glance } from './body';
import type { Refused } from './refusals';

/** A shorter id may stand in any text. It counts only as the value of a camera's key. */
const SHORTEST_ID = 3;
/**
 * Finds such a key, however it is written: `'camera_id': '`, `camera_id=`, `<camera_id>`, `"camera":{"id":"`, or with
 * MessagePack's length byte.
 */
const KEY =
  String.raw`[Cc](?:amera|AMERA)(?:[_-]?[Ii][Dd])?(?![A-Za-z0-9_-])` +
  String.raw`["'\\\s:=>{\u00a0-\u00bf]{1,16}(?:id["'\\\s:=]{1,16})?`;

/**
 * The camera of ours that a refused message names. Where the message is an object with a camera, only that one counts:
 * a camera that is not ours belongs to another machine. Else it is the first of our ids that stands in the body as a
 * word. So an author who sends no JSON at all is told too.
 */
export function refusedCamera(
  { payload, body }: Pick<Refused, 'payload' | 'body'>,
  cameras: readonly Pick<CameraConfig, 'id'>[],
): string | undefined {
  const opened = openEnvelope(payload);
  const named = isObject(opened) ? cameraField(opened) : undefined;
  if (typeof named === 'string' || typeof named === 'number')
    return cameras.find(({ id }) => id === String(named).trim())?.id;
  const text = glance(body);
  const found = cameras.map(({ id }) => ({ id, at: wordAt(text, id) }));
  return found.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0]?.id;
}

/** An id holds only letters, digits, `_` and `-`, none of which means something in an expression. */
function wordAt(text: string, id: string): number {
  const before = id.length < SHORTEST_ID ? KEY : '';
  return new RegExp(`(?<![A-Za-z0-9_-])${before}${id}(?![A-Za-z0-9_-])`).exec(text)?.index ?? -1;
}
