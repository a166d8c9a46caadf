// @ts-check
// How Node runs a worker. A worker keeps little, keeps it for long, and is mostly idle. V8's usual young generation
// would let it hold 30 MB of garbage more, of the 8 GB that a Jetson has for everything. V8's "memory reducer" collects
// all over again in every idle moment, on four threads. That cost a recorder of four cameras more than recording them
// (docs/benchmarks.md). With --expose-gc a worker that streams gigabytes collects their buffers itself
// (libs/service/src/garbage.ts). The flags stand on the command line, because V8 does not bear a change of its
// collector once it runs. deploy/images/Dockerfile has them too.
const FLAGS = [
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--single-threaded-gc',
  '--no-memory-reducer',
  '--expose-gc',
];

/**
 * Where ffmpeg reads the cameras, the recorder's own code does little: optimising it costs more memory and time than it
 * saves. Where it reads them itself, optimising takes a fifth off its CPU.
 * @param {string} worker
 * @param {{ SOURCE?: string | undefined }} environment
 * @returns {readonly string[]}
 */
export const nodeFlags = (worker, { SOURCE = 'ffmpeg' }) =>
  worker === 'recorder' && SOURCE === 'ffmpeg' ? [...FLAGS, '--no-opt'] : FLAGS;

/**
 * glibc would keep a heap of memory for each thread: 5 to 7 MB that nobody uses. It would also learn to keep blocks of
 * a fragment's size (128 KB) for good: a burst of 64 cameras cost the recorder 50 MB for the rest of its life. With a
 * fixed threshold the memory comes back.
 */
export const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' };
