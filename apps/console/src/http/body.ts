import { isAbsent, isObject, outsideObject, saysNothing, type SourceFields } from '@vr/contracts';
import { isBlank, parseBody } from '@vr/messaging';
import { raw, type Request, type RequestHandler } from 'express';

const MOST_BYTES = '100kb';

/**
 * Reads the body of a POST like the body of a message, whatever its content type says: `curl -d` calls all that it
 * sends a form. A body is read or refused, never dropped. The content type does not guard against pages of other sites.
 * The gate before this does.
 */
export function messageBody(): RequestHandler[] {
  const bytes = raw({ type: () => true, limit: MOST_BYTES });
  const read: RequestHandler = (request: Request, _response, next) => {
    if (request.method === 'POST') request.body = fieldsIn(request.body);
    next();
  };
  return [(request, response, next) => (request.method === 'POST' ? bytes(request, response, next) : next()), read];
}

/** The fields of a request's body that have a value. No schema has read them yet. */
export function fieldsOf(body: unknown): SourceFields {
  return isObject(body) ? Object.fromEntries(Object.entries(body).filter(([, value]) => !isAbsent(value))) : {};
}

function fieldsIn(body: unknown): SourceFields {
  if (!Buffer.isBuffer(body) || isBlank(body)) return {};
  const payload = parseBody(body);
  return saysNothing(payload) ? {} : outsideObject(payload);
}
