/** V8's collector. Node has it where it runs with --expose-gc, as workers do (deploy/local/node-flags.mjs). */
const collect = (globalThis as { gc?: (options: { type: 'minor' }) => void }).gc;

const EVERY_MS = 10;

/**
 * Frees what died young, also outside V8's heap. It takes about a millisecond, and does nothing without --expose-gc.
 */
export function collectYoung(): void {
  collect?.({ type: 'minor' });
}

/**
 * Frees what streams leave behind while `work` goes on. The buffers of files and sockets lie outside V8's heap. V8
 * looks for dead ones only after another 64 MB of them, which is half of what a worker may have. A young collection
 * costs a millisecond.
 */
export async function tidily<T>(work: () => Promise<T>): Promise<T> {
  const timer = collect && setInterval(() => collect({ type: 'minor' }), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
