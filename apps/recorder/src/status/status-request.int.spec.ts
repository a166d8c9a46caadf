import { join } from 'node:path';
import { ClientNats } from '@nestjs/microservices';
import { cameraStatus, SUBJECTS, type CameraStatus } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { freePort, startNats, startWorker, temporaryFolder, until, type Server, type WorkerProcess } from '@vr/testing';
import { firstValueFrom } from 'rxjs';

type Client = Awaited<ReturnType<typeof createClient>>;

describe('asking record.status', () => {
  let nats: Server;
  let client: Client;
  let janitor: WorkerProcess;
  let recorder: WorkerProcess;
  const said: CameraStatus[] = [];

  beforeAll(async () => {
    const [folder, nobody] = [(await temporaryFolder('status-request')).path, await freePort()];
    nats = await startNats();
    client = await createClient({ NATS_URL: nats.url });
    client.subscribe(SUBJECTS.status, {
      callback: (_, message) => {
        if (!message.reply) said.push(cameraStatus.parse(message.json()));
      },
    });
    const environment = {
      ...{
        NATS_URL: nats.url,
        RECORDINGS_DIR: join(folder, 'recordings'),
        CLIPS_DIR: join(folder, 'clips'),
        SNAPSHOTS_DIR: join(folder, 'snapshots'),
        OBJECTS_DIR: join(folder, 'objects'),
      },
      ...Object.fromEntries([1, 2, 3].map((n) => [`CAMERA_CAM_${n}_URL`, `rtsp://127.0.0.1:${nobody}/${n}`])),
    };
    janitor = await startWorker('janitor', environment);
    await janitor.waitReady();
    recorder = await startWorker('recorder', environment);
    await until(
      () => new Set(said.flatMap(({ camera_id, state }) => (state === 'offline' ? camera_id : []))).size === 3,
      { what: 'three cameras that are offline', deadlineMs: 30_000 },
    );
  }, 200_000);
  afterAll(async () => {
    await Promise.all([recorder, janitor].map((worker) => worker.stop()));
    await client.close();
    await nats.stop();
  });

  const ask = async (body: string): Promise<unknown> =>
    (await client.request(SUBJECTS.status, body, { timeout: 5000 })).json();
  const camerasOf = async (body: string): Promise<string[]> => {
    const { cameras } = (await ask(body)) as { cameras: unknown[] };
    return cameras.map((camera) => cameraStatus.parse(camera).camera_id);
  };

  const asksForAll = [
    '',
    ' \n',
    '{}',
    'null',
    '""',
    '[]',
    '{"camera_id": null}',
    '{"camera_id": ""}',
    '{"pattern":"x","data":null}',
  ];
  it.each(asksForAll)('with %p answers the states of all cameras', async (body) => {
    expect(await camerasOf(body)).toEqual(['cam_1', 'cam_2', 'cam_3']);
  });

  it("answers the states of all cameras to Nest's send() of nothing", async () => {
    const nest = new ClientNats({ servers: nats.url });
    const { cameras } = await firstValueFrom(nest.send<{ cameras: unknown[] }>(SUBJECTS.status, ''));
    await nest.close();
    expect(cameras.map((camera) => cameraStatus.parse(camera).camera_id)).toEqual(['cam_1', 'cam_2', 'cam_3']);
  });

  it('answers the state of one, as it was last said', async () => {
    const { cameras } = (await ask('{"camera_id": "cam_2"}')) as { cameras: unknown[] };
    expect(cameras).toEqual([said.findLast(({ camera_id }) => camera_id === 'cam_2')]);
    expect(await camerasOf('{"camera": "cam_3", "why": "we wonder"}')).toEqual(['cam_3']);
  });

  it('answers what is wrong with the request', async () => {
    expect(await ask('{"camera_id": "nobody"}')).toMatchObject({ error: { code: 'unknown_camera' } });
    expect(await ask('{"camera_id": {}}')).toMatchObject({
      error: { code: 'invalid_payload', message: expect.stringMatching(/^camera_id/) as string },
    });
    expect(await ask('states, please')).toMatchObject({ error: { code: 'invalid_payload' } });
  });

  it('a published state is no request, and only the recorder answers', async () => {
    const rejected = (
      await Promise.all([recorder, janitor].map(async ({ httpUrl }) => (await fetch(`${httpUrl}/metrics`)).text()))
    ).flatMap((text) => text.match(/messages_rejected_total\{subject="seguranca.record.status".*/g) ?? []);
    // Counters begin at zero; what was counted is asked here.
    expect(rejected.filter((line) => !line.endsWith(' 0')).sort()).toEqual([
      'messages_rejected_total{subject="seguranca.record.status",code="invalid_payload"} 2',
      'messages_rejected_total{subject="seguranca.record.status",code="unknown_camera"} 1',
    ]);
    const answers = client.subscribe('_INBOX.all.of.them');
    client.publish(SUBJECTS.status, '{}', { reply: '_INBOX.all.of.them' });
    // Workers answer requests in their order. Both have answered the first request by the time they answer these.
    await Promise.all([ask('{}'), client.request(SUBJECTS.recordUnprotect, '{}', { timeout: 10_000 })]);
    expect(answers.getReceived()).toBe(1);
  });
});
