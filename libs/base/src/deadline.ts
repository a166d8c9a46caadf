/** The work did not end in time. */
export class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/**
 * The work's result, or a DeadlineError that says what took too long. The work itself goes on, so the caller must be
 * able to repeat it.
 */
export async function withinDeadline<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`${what}: not done within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the work ended in time, well or not. */
export function overWithin(work: Promise<unknown>, deadlineMs: number): Promise<boolean> {
  const over = work.then(
    () => true,
    () => true,
  );
  return withinDeadline(over, deadlineMs, 'work').catch(() => false);
}
