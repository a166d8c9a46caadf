// payloads.jsonl holds what real clients write, byte for byte. make/make.mjs made it with the real programs. Each
// payload is read as it was meant, or it is refused with a reason that its author hears. Real workers run on a real
// NATS and Redis, in a zone of their own. There is no footage.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ClientNats } from '@nestjs/microservices';
import { clipRecord, type ClipJob } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import {
  freePort,
  startNats,
  startRedis,
  startWorker,
  temporaryFolder,
  until,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';
import { firstValueFrom } from 'rxjs';
import { metric } from '../stack';

interface Case {
  client: string;
  name: string;
  camera: string;
  body?: string;
  base64?: string;
  /** A request on this subject; else an event. */
  ask?: string;
  /** The instant in ms of an event that is taken, and what else is read of it. */
  at?: number | 'now';
  id?: string;
  type?: string;
  end?: number;
  pre?: number;
  post?: number;
  assumed?: boolean;
  reply?: Record<string, unknown> | null;
  /** The field at fault ('' where the whole message is), and words of the reason. */
  refused?: string;
  says?: string;
  /** It names no camera: nobody can be told. */
  nobody?: boolean;
}

const CAMERAS = Array.from({ length: 12 }, (_, n) => `cam_${n + 1}`);
const DEADLINE_MS = 30_000;
const SUBJECT = 'seguranca.event.motion';
const cases = (await readFile(new URL('payloads.jsonl', import.meta.url), 'utf8'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

describe(`${cases.length} payloads as real clients write them`, () => {
  let folder: TemporaryFolder;
  let servers: Server[];
  let workers: WorkerProcess[];
  let natsUrl: string;
  let mqttPort: number;
  let client: Awaited<ReturnType<typeof createClient>>;
  const failed: Record<string, unknown>[] = [];
  /** What became of a case; undefined where it is as wanted. */
  const wrong: string[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder('payloads');
    mqttPort = await freePort();
    const configuration = `server_name: here\nmqtt { host: 127.0.0.1, port: ${mqttPort} }`;
    const [nats, redis] = await Promise.all([startNats({ configuration }), startRedis()]);
    servers = [nats, redis];
    natsUrl = nats.url;
    const folders = Object.fromEntries(
      ['RECORDINGS', 'CLIPS', 'SNAPSHOTS', 'OBJECTS'].map((name) => [
        `${name}_DIR`,
        join(folder.path, name.toLowerCase()),
      ]),
    );
    const cameras = Object.fromEntries(CAMERAS.map((id) => [`CAMERA_${id}_URL`, `rtsp://127.0.0.1:9/${id}`]));
    // The events are of January 2025. They must not be too old, whatever day it is.
    const environment = {
      ...folders,
      ...cameras,
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      TZ: 'America/Sao_Paulo',
      RETENTION_DAYS: '36500',
      CLIP_RETENTION_DAYS: '36500',
    };
    workers = await Promise.all(
      (['clipper', 'snapshotter', 'janitor'] as const).map((app) => startWorker(app, environment)),
    );
    await Promise.all(workers.map((worker) => worker.waitReady()));
    client = await createClient({ NATS_URL: nats.url });
    client.subscribe('seguranca.record.clip.failed', {
      callback: (error, message) => {
        if (!error) failed.push(message.json());
      },
    });
    await client.flush();
    await Promise.all(CAMERAS.map(runLane));
  }, 240_000);
  afterAll(async () => {
    await client.close();
    await Promise.all(workers.map((worker) => worker.stop()));
    await Promise.all(servers.map((server) => server.stop()));
    await folder.remove();
  });

  /**
   * Sends the cases of a camera one after the other, so that the next thing that comes is the outcome of the last case.
   */
  async function runLane(camera: string): Promise<void> {
    const known = new Set<string>();
    for (const each of cases.filter((candidate) => candidate.camera === camera)) {
      try {
        const body = each.body ?? Buffer.from(each.base64 ?? '', 'base64');
        if (each.ask !== undefined) await checkAnswer(each, body, each.ask);
        else if (each.refused !== undefined) await checkRefusal(each, body);
        else await checkEvent(each, body, known);
      } catch (error) {
        wrong.push(`${each.client}, ${each.name}: ${firstLines((error as Error).message)} ${each.body ?? ''}`);
      }
    }
  }

  async function checkAnswer(each: Case, body: string | Uint8Array, subject: string): Promise<void> {
    const answer: unknown = (await client.request(subject, body, { timeout: DEADLINE_MS })).json();
    if (each.refused === undefined)
      return expect(answer).toEqual(each.reply === null ? null : expect.objectContaining(deep(each.reply ?? {})));
    const fault = {
      code: 'invalid_payload',
      message: expect.stringContaining(each.says ?? '') as string,
      ...(each.refused !== '' && { field: each.refused }),
    };
    expect(answer).toEqual({ error: fault });
  }

  async function checkRefusal(each: Case, body: string | Uint8Array): Promise<void> {
    if (each.nobody) return client.publish(SUBJECT, body);
    const told = (): Record<string, unknown>[] =>
      failed.filter((message) => message['camera_id'] === each.camera && message['code'] === 'invalid_payload');
    const before = told().length;
    client.publish(SUBJECT, body);
    const message = await until(() => told()[before], { what: 'the reason', deadlineMs: DEADLINE_MS });
    expect(message['field'] ?? '').toBe(each.refused);
    expect(message['message']).toContain(each.says);
  }

  async function checkEvent(each: Case, body: string | Uint8Array, known: Set<string>): Promise<void> {
    const sentMs = Date.now();
    client.publish(SUBJECT, body);
    const job = await until(() => newJob(each.camera, known), { what: 'a claimed record', deadlineMs: DEADLINE_MS });
    const { at = NaN, type = 'motion', pre = 10, post = 30 } = each;
    const atMs = at === 'now' ? job.timestampMs : at;
    if (at === 'now') expect(Math.abs(atMs - sentMs)).toBeLessThan(DEADLINE_MS);
    expect({ ...job, source: undefined, clipId: undefined, identity: undefined }).toEqual({
      ...{
        eventId: each.id ?? `${type}_${each.camera}_${atMs}`,
        eventType: type,
        cameraId: each.camera,
        timestampMs: atMs,
      },
      ...{ startMs: atMs - pre * 1000, endMs: (each.end ?? atMs) + post * 1000 },
      ...(each.assumed && { timestampAssumed: true }),
    });
  }

  /** The job of a record that was not there before. */
  async function newJob(camera: string, known: Set<string>): Promise<ClipJob | undefined> {
    const root = join(folder.path, 'clips', camera);
    const names = await readdir(root, { recursive: true }).catch(() => []);
    const added = names.find((name) => /\/event_[^/]*\.json$/.test(`/${name}`) && !known.has(name));
    if (added === undefined) return undefined;
    known.add(added);
    return clipRecord.parse(JSON.parse(await readFile(join(root, added), 'utf8'))).job;
  }

  it('are at least 300, of all clients', () => {
    expect(cases.length).toBeGreaterThanOrEqual(300);
    const clients = new Set(cases.map(({ client: name }) => name.replace(/ .*/, '')));
    expect([...clients].sort()).toEqual(['Go', 'MQTT', 'Nest', 'Node', 'Python', 'nats', 'pydantic', 'shell']);
    const bodies = new Set(
      cases.map(({ body, base64, ask }) =>
        createHash('sha256')
          .update(`${body ?? ''}|${base64 ?? ''}|${ask ?? ''}`)
          .digest('hex'),
      ),
    );
    expect(bodies.size).toBe(cases.length);
  });

  it('are each read as meant, or refused with the reason on NATS', () => {
    expect(wrong).toEqual([]);
  });

  it('are counted where they name no camera, and nowhere else is one lost without a word', async () => {
    const isEvent = ({ ask }: Case): boolean => ask === undefined;
    const refused = cases.filter((each) => isEvent(each) && each.refused !== undefined);
    expect(refused.filter(({ nobody }) => nobody)).toHaveLength(9);
    const sample = 'messages_rejected_total{subject="seguranca.event.*",code="invalid_payload"}';
    const clipper = workers.find(({ app }) => app === 'clipper');
    await until(async () => (await metric(clipper, sample)) === refused.length, {
      what: `${refused.length} rejections counted`,
      deadlineMs: DEADLINE_MS,
    });
  });

  it("come from Nest's own client, which understands our replies", async () => {
    const nest = new ClientNats({ servers: natsUrl });
    const ask = (subject: string, data: unknown): Promise<unknown> => firstValueFrom(nest.send<unknown>(subject, data));
    const span = { camera_id: 'cam_1', start: 1_736_900_000, end: new Date(1_736_900_030_000), request_id: null };
    expect(await ask('seguranca.record.clip', span)).toEqual({
      clip_id: 'clip_cam_1_1736900000.000_1736900030.000',
      queued: true,
    });
    expect(await ask('seguranca.record.clip', { ...span, end: null })).toEqual({
      error: { code: 'invalid_payload', field: 'end', message: expect.stringContaining('got nothing') as string },
    });
    await nest.close();
  });

  it("come by MQTT, through the NATS server's own port for it", async () => {
    await publishByMqtt(
      mqttPort,
      'seguranca/event/motion',
      JSON.stringify({ camera_id: 'cam_1', timestamp: 1_736_900_100, event_id: 'by-mqtt', event_type: null }),
    );
    const record = join(folder.path, 'clips/cam_1/2025-01-15/event_cam_1_1736900100.000.json');
    const { job } = await until(async () => clipRecord.parse(JSON.parse(await readFile(record, 'utf8'))), {
      what: 'the record of an event by MQTT',
      deadlineMs: DEADLINE_MS,
    });
    expect(job).toMatchObject({ eventId: 'by-mqtt', eventType: 'motion' });
  });
});

/**
 * Sends CONNECT, waits for CONNACK, then sends PUBLISH with QoS 0 and DISCONNECT (MQTT 3.1.1, sections 3.1 to 3.3 and
 * 3.14).
 */
async function publishByMqtt(port: number, topic: string, payload: string): Promise<void> {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const packet = (kind: number, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    const length = body.length < 128 ? [body.length] : [(body.length % 128) | 128, body.length >> 7];
    return Buffer.concat([Buffer.from([kind, ...length]), body]);
  };
  const socket = connect(port, '127.0.0.1');
  socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 30]), text('detector')));
  await once(socket, 'data');
  socket.end(Buffer.concat([packet(0x30, text(topic), Buffer.from(payload)), packet(0xe0)]));
  await once(socket, 'close');
}

function deep(wanted: Record<string, unknown>): Record<string, unknown> {
  const inner = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    typeof value === 'object' && value !== null ? (expect.objectContaining(value) as unknown) : value,
  ];
  return Object.fromEntries(Object.entries(wanted).map(inner));
}

function firstLines(text: string): string {
  return text.split('\n').slice(0, 12).join(' ');
}
