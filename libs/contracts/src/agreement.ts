import type { z } from 'zod';

/** Says what is wrong with a field. */
export type Fault = (field: string, message: string) => void;

/**
 * For `superRefine`: checks how the fields of an object must fit each other. It runs only where each field is right by
 * itself. Plain zod also runs it where a field is wrong but has the right type.
 */
export function agreement<T>(
  check: (value: T, fault: Fault) => void,
): (value: T, context: z.core.$RefinementCtx<T>) => void {
  return (value, context) => {
    if (context.issues.length > 0) return;
    check(value, (field, message) => context.addIssue({ code: 'custom', path: [field], message }));
  };
}
