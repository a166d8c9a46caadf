import { cameraField, isObject, openEnvelope, type CameraConfig } from '@vr/contracts';
import { glance } from './body';
import type { Refused } from './refusals';

/** A shorter id may stand in any text. */
const SHORTEST_ID = 3;

/**
 * The camera of ours that a refused message names. Where the message is an object with a camera, that one or none: another machine has it.
 * Else the first id of ours that stands in the body as a word, so that also who sends no JSON at all is told.
 */
export function refusedCamera({ payload, body }: Pick<Refused, 'payload' | 'body'>, cameras: readonly Pick<CameraConfig, 'id'>[]): string | undefined {
  const opened = openEnvelope(payload);
  const named = isObject(opened) ? cameraField(opened) : undefined;
  if (typeof named === 'string' || typeof named === 'number') return cameras.find(({ id }) => id === String(named).trim())?.id;
  const text = glance(body);
  const found = cameras.filter(({ id }) => id.length >= SHORTEST_ID).map(({ id }) => ({ id, at: wordAt(text, id) }));
  return found.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0]?.id;
}

/** An id holds letters, digits, `_` and `-`: nothing that means something in an expression. */
function wordAt(text: string, id: string): number {
  return new RegExp(`(?<![A-Za-z0-9_-])${id}(?![A-Za-z0-9_-])`).exec(text)?.index ?? -1;
}
