import { startNats, until, type Server } from '@vr/testing';
import { createClient } from './index';
import { startTestWorker, type TestWorker } from './worker.fixture';

export const DEADLINE_MS = 30_000;
const ends: (() => Promise<void>)[] = [];

/** Registers what ends when the test ends. The newest ends first. */
export function atEnd(end: () => Promise<void>): void {
  ends.push(end);
}
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

export async function server(...options: Parameters<typeof startNats>): Promise<Server> {
  const nats = await startNats(...options);
  atEnd(() => nats.stop());
  return nats;
}

export async function workerOn(url: string): Promise<TestWorker> {
  const worker = await startTestWorker(url);
  atEnd(() => worker.end());
  return worker;
}

export async function clientOf(nats: Server): ReturnType<typeof createClient> {
  const client = await createClient({ NATS_URL: nats.url });
  atEnd(() => client.close());
  return client;
}

export async function send(url: string, ...payloads: unknown[]): Promise<void> {
  const client = await createClient({ NATS_URL: url });
  for (const payload of payloads)
    client.publish('seguranca.event.person', typeof payload === 'string' ? payload : JSON.stringify(payload));
  await client.drain();
}

export const state = (worker: TestWorker, wanted: string, deadlineMs = DEADLINE_MS) =>
  until(async () => ((await worker.health())?.state === wanted ? worker.health() : undefined), {
    what: `health ${wanted}`,
    deadlineMs,
  });
export const seen = (worker: TestWorker, n: number) =>
  until(() => worker.script.seen.length >= n, { what: `${n} events`, deadlineMs: DEADLINE_MS });
export const ids = (worker: TestWorker) => worker.script.seen.map(({ payload }) => (payload as { id: number }).id);
