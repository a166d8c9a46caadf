// Any request gets an answer that the OpenAPI document allows, and none of 5xx. The workers are real. This is the short
// form; `npm run proof -- api` is the long one (10,000 requests).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TestStream } from '@vr/recorded';
import { startNats, startRedis, startWorker, temporaryFolder, type Server, type WorkerProcess } from '@vr/testing';
import fc from 'fast-check';
import { apiRequests, type ApiRequest, type Known } from '../testing/api-requests';
import { DocumentJudge } from '../testing/document-judge';
import type { OpenApiDocument } from './document';

const REQUESTS = Number(process.env['API_REQUESTS'] ?? 1500);
const SEED = Number(process.env['API_SEED'] ?? 1);
const AT_ONCE = 4;
const START_MS = Math.floor(Date.now() / 1000) * 1000 - 600_000;
/** A picture of now: no camera is there that could send one. */
const NO_CAMERA = 'camera_offline';

interface Range {
  start: number;
  end: number;
}
const RANGES = [1, 2, 3, 4, 5, 6, 7, 8].map((at) => ({ start: START_MS / 1000 + at, end: START_MS / 1000 + at + 4 }));

/** Snapshots lie in the store by their day. */
function keysOf(snapshots: readonly string[]): string[] {
  return snapshots.map((id) => `cam_1/${/\d{4}-\d{2}-\d{2}/.exec(id)?.[0] ?? ''}/${id}.jpg`);
}

describe('the API', () => {
  let servers: Server[];
  let workers: WorkerProcess[];
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let address: string;

  beforeAll(async () => {
    const [nats, redis] = (servers = await Promise.all([startNats(), startRedis()]));
    folder = await temporaryFolder('answers');
    const below = (name: string): string => join(folder.path, name);
    await Promise.all(['clips', 'snapshots', 'objects'].map((name) => mkdir(below(name))));
    const stream = await TestStream.encode(20);
    for (const from of [0, 4, 12, 16]) await stream.record(below('recordings'), 'cam_1', START_MS, from, from + 4);
    const settings = {
      ...{ NATS_URL: nats?.url ?? '', REDIS_URL: redis?.url ?? '', CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s' },
      ...{ RECORDINGS_DIR: below('recordings'), CLIPS_DIR: below('clips'), SNAPSHOTS_DIR: below('snapshots') },
      ...{ OBJECTS_DIR: below('objects'), AUDIT_DIR: below('audit'), REQUESTS_PER_MINUTE: '100000' },
    };
    const names = ['console', 'clipper', 'snapshotter', 'janitor'] as const;
    workers = await Promise.all(names.map((name) => startWorker(name, settings)));
    await Promise.all(workers.map((worker) => worker.waitReady()));
    address = workers[0]?.httpUrl ?? '';
  }, 200_000);
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await Promise.all(servers.map((server) => server.stop()));
    await folder.remove();
  });

  const json = async (path: string, o: RequestInit = {}): Promise<unknown> => (await fetch(address + path, o)).json();
  const post = (path: string, body: object): Promise<unknown> =>
    json(path, { method: 'POST', body: JSON.stringify(body) });

  /** Makes one of everything, so that names exist. */
  async function knownNames(): Promise<Known> {
    const made = async (path: string, field: string, bodyOf: (of: Range) => object): Promise<string[]> => {
      const answers = await Promise.all(RANGES.map((range) => post(path, bodyOf(range))));
      return answers.map((answer) => (answer as Record<string, string>)[field] ?? '');
    };
    const [clips, snapshots, protections, exports] = await Promise.all([
      made('/api/cameras/cam_1/clip', 'clip_id', (range) => range),
      made('/api/cameras/cam_1/snapshot', 'snapshot_id', ({ start }) => ({ timestamp: start })),
      made('/api/cameras/cam_1/protect', 'protection_id', (range) => ({ ...range, reason: 'trial' })),
      made('/api/exports', 'export_id', (range) => ({ camera_id: 'cam_1', ...range })),
    ]);
    const { start, end } = RANGES[0] ?? { start: 0, end: 0 };
    const playlist = await (await fetch(`${address}/api/cameras/cam_1/footage.m3u8?start=${start}&end=${end}`)).text();
    const files = Array.from(playlist.matchAll(/footage\/([^?"\s]+)\?zero=(\d+)/g));
    return {
      aroundMs: START_MS,
      names: {
        ...{ cameras: ['cam_1'], camera: ['cam_1'], camera_id: ['cam_1'], clips, events: clips, snapshots, exports },
        ...{
          protections,
          kind: ['clips', 'snapshots'],
          url: ['rtsp://127.0.0.1:1/s'],
          key: keysOf(snapshots),
          reason: ['because'],
        },
        ...{ fileName: files.map(([, name = '']) => name), zero: files.map(([, , zero = '']) => zero) },
        ...{ limit: ['1', '200'], size: ['small', 'full'], type: ['person', 'manual,person'] },
      },
    };
  }

  async function faultOf(judge: DocumentJudge, { operation, method, path, headers, body }: ApiRequest) {
    const response = await fetch(address + path, { method, headers, redirect: 'manual', ...(body && { body }) });
    const text = await response.text();
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const fault =
      response.status >= 500 && !text.includes(NO_CAMERA)
        ? `${response.status}: ${text.slice(0, 300)}`
        : judge.faultOf(operation, method, { status: response.status, type, text });
    return fault === undefined ? [] : [`${method} ${path} ${JSON.stringify(headers)} ${body ?? ''}\n  ${fault}`];
  }

  it(
    `answers ${REQUESTS} requests by chance as its document says`,
    async () => {
      const document = (await json('/api/openapi.json')) as OpenApiDocument;
      const judge = new DocumentJudge(document);
      const requests = fc.sample(apiRequests(document, await knownNames()), { numRuns: REQUESTS, seed: SEED });
      const faults: string[] = [];
      const answered = new Set<string>();
      const lane = async (): Promise<void> => {
        for (let next = requests.pop(); next; next = requests.pop()) {
          faults.push(...(await faultOf(judge, next)));
          answered.add(next.operation.operationId);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      expect(faults.slice(0, 20)).toEqual([]);
      expect(answered.size).toBe(Object.values(document.paths).flatMap((path) => Object.keys(path)).length);
    },
    60_000 + REQUESTS * 60,
  );
});
