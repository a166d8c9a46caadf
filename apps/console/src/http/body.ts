import { isObject, type SourceFields } from '@vr/contracts';

/** The fields of a request's body, not yet read; a body that is no object has none. */
export function fieldsOf(body: unknown): SourceFields {
  return isObject(body) ? body : {};
}
