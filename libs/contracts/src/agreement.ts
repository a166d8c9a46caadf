import type { z } from 'zod';

/** Says what is wrong with a field. */
export type Fault = (field: string, message: string) => void;

/**
 * For `superRefine`: what the fields of an object must be to each other. Asked only where each of them is what it
 * should be; zod by itself asks also where one is not, as long as its type is right.
 */
export function agreement<T>(
  check: (value: T, fault: Fault) => void,
): (value: T, context: z.core.$RefinementCtx<T>) => void {
  return (value, context) => {
    if (context.issues.length > 0) return;
    check(value, (field, message) => context.addIssue({ code: 'custom', path: [field], message }));
  };
}
