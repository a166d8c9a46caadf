/** V8's collector, where Node was started with --expose-gc, as workers are (deploy/local/node-flags.mjs). */
const collect = (globalThis as { gc?: (options: { type: 'minor' }) => void }).gc;

const EVERY_MS = 10;

/** Frees what died young, also outside V8's heap; about a millisecond. Does nothing where Node lacks --expose-gc. */
export function collectYoung(): void {
  collect?.({ type: 'minor' });
}

/**
 * Frees what streams leave behind while `work` goes on. The buffers of files and sockets lie outside V8's heap, and it
 * looks for dead ones only after another 64 MB of them: half of what a worker may have. A young collection costs a
 * millisecond.
 */
export async function tidily<T>(work: () => Promise<T>): Promise<T> {
  const timer = collect && setInterval(() => collect({ type: 'minor' }), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
