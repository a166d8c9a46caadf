import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Waits for something outside this process that nobody can subscribe to (another process's port, a file, a metric).
 * @throws after `deadlineMs`, with `what` and the last error
 */
export async function until<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  o: { what: string; deadlineMs: number },
): Promise<T> {
  const deadline = performance.now() + o.deadlineMs;
  let failure: unknown;
  do {
    try {
      const found = await condition();
      if (found !== undefined && found !== false) return found;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    await pause(POLL_MS);
  } while (performance.now() < deadline);
  throw new Error(`waited ${o.deadlineMs} ms in vain for ${o.what}`, { cause: failure });
}
