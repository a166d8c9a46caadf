import { z } from 'zod';
import { ContractError } from './errors';

/** Reads something that came from outside by its schema, or throws `invalid_payload` with every fault in one sentence. */
export function readPayload<T>(schema: z.ZodType<T>, payload: unknown): T {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`);
  throw new ContractError('invalid_payload', faults.slice(0, 5).join('; ').slice(0, 500));
}

/** The fields of an object that came from outside, all of them, as sent. They travel with a clip or snapshot as its `source`. */
export const sourceFields = z.record(z.string(), z.unknown());
export type SourceFields = z.infer<typeof sourceFields>;

/** A short text from outside (a reason, a type, an id): trimmed, no control characters, at most 200 characters. */
export const shortText = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'wanted text without control characters');

/**
 * A schema of an outside object whose known fields are read by `fields` and turned by `toOurs` into our names and units;
 * `toOurs` also gets the whole object as it was sent, because unknown fields are never dropped.
 */
export function outsideObject<F extends z.ZodType, T>(fields: F, toOurs: (read: z.output<F>, source: SourceFields) => T) {
  return sourceFields.transform((source, ctx): T => {
    const result = fields.safeParse(source);
    if (result.success) return toOurs(result.data, source);
    for (const { path, message } of result.error.issues) ctx.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
}
