// Many viewers want pictures at once. The tests bound what that costs, and the recording does not notice.
import { setTimeout as pause } from 'node:timers/promises';
import { listSegments } from '@vr/footage';
import { childrenOf, jumpsIn, memoryOf, readTruth, until } from '@vr/testing';
import { recorded, startStack, type Stack } from './stack';

/** DECODERS_MAX's default, and what may wait for one of them. */
const DECODERS = 2;
/** docker-compose.jetson.yml, console. */
const MEMORY_LIMIT_BYTES = 384 * 1024 ** 2;
const STILLS = 200;
const LOOK_EVERY_MS = 20;

describe('pictures for many at once', () => {
  let stack: Stack;
  let consoleUrl: string;
  let consolePid: number;

  beforeAll(async () => {
    stack = await startStack({ apps: ['recorder', 'console'], environment: { SEGMENT_SECONDS: '10' } });
    const worker = stack.workers.get('console');
    consoleUrl = worker?.httpUrl ?? '';
    consolePid = worker?.pid ?? 0;
    await recorded(stack, 'cam_1', 12_000);
  });
  afterAll(() => stack.stop());

  const still = (atMs: number, signal?: AbortSignal): Promise<Response> =>
    fetch(`${consoleUrl}/api/cameras/cam_1/snapshot.jpg?at=${atMs / 1000}`, signal ? { signal } : {});

  /**
   * The most memory that is seen of the console and its children while the work goes on. A decoder lives for longer
   * than the time between two looks.
   */
  async function watch<T>(work: Promise<T>): Promise<{ result: T; decoders: number; bytes: number }> {
    let [decoders, bytes, isOver] = [0, 0, false];
    const result = work.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const children = await childrenOf(consolePid);
      const memories = await Promise.all([consolePid, ...children].map((pid) => memoryOf(pid).catch(() => undefined)));
      decoders = Math.max(decoders, children.length);
      bytes = Math.max(
        bytes,
        memories.reduce((sum, memory) => sum + (memory?.proportionalBytes ?? 0), 0),
      );
      await pause(LOOK_EVERY_MS);
    }
    return { result: await result, decoders, bytes };
  }

  it(`answers ${STILLS} at once by ${DECODERS} decoders, sends the rest away, and no footage is lost`, async () => {
    const fromMs = Date.now();
    const moments = Array.from({ length: STILLS }, (_, i) => fromMs - 9000 + i * 40);
    const { result, decoders, bytes } = await watch(Promise.all(moments.map((atMs) => still(atMs))));
    const refused = result.filter(({ status }) => status === 503);
    const served = result.filter(({ status }) => status === 200);
    expect(served.length + refused.length).toBe(STILLS);
    expect(served.length).toBeGreaterThanOrEqual(DECODERS);
    expect(refused.length).toBeGreaterThan(0);
    for (const response of refused) expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused[0]?.json()).toEqual({
      error: {
        code: 'too_many_requests',
        message: expect.stringContaining('pictures') as string,
        retry_after_seconds: Number(refused[0]?.headers.get('retry-after')),
      },
    });
    expect(decoders).toBeGreaterThan(0);
    expect(decoders).toBeLessThanOrEqual(DECODERS);
    expect(bytes).toBeLessThan(MEMORY_LIMIT_BYTES);
    // Afterwards all is as before.
    expect((await still(fromMs - 5000)).status).toBe(200);

    const untilMs = Date.now();
    const segments = await until(
      async () =>
        (await listSegments(stack.recordingsDir, 'cam_1'))
          .filter(({ endMs }) => endMs !== undefined && endMs > fromMs - 12_000)
          .some(({ endMs = 0 }) => endMs > untilMs) && listSegments(stack.recordingsDir, 'cam_1'),
      { what: 'the segment of that time, closed', deadlineMs: 30_000 },
    );
    const truth = (
      await Promise.all(segments.filter(({ endMs }) => endMs !== undefined).map(({ path }) => readTruth(path)))
    ).flat();
    expect(jumpsIn(truth)).toEqual([]);
    expect(truth.at(-1)?.wallMs).toBeGreaterThan(untilMs - 1000);
  });

  it('decodes a moment once, however many want it, and not at all for who has gone', async () => {
    const atMs = Date.now() - 6000;
    const same = await Promise.all(Array.from({ length: 60 }, () => still(atMs)));
    const etags = new Set(same.map(({ status, headers }) => `${status} ${headers.get('etag')}`));
    expect(etags.size).toBe(1);
    expect([...etags][0]).toMatch(/^200 "/);

    const leaving = new AbortController();
    const gone = Array.from({ length: 40 }, (_, i) => still(atMs - i * 40, leaving.signal).catch(() => undefined));
    await until(async () => (await childrenOf(consolePid)).length > 0, { what: 'a decoder', deadlineMs: 10_000 });
    leaving.abort();
    await Promise.all(gone);
    await until(async () => (await childrenOf(consolePid)).length === 0, { what: 'no decoder left', deadlineMs: 2000 });
  });
});
