import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DAY_MS } from '@vr/base';
import { recordAlert, SUBJECTS } from '@vr/contracts';
import { segmentPath } from '@vr/footage';
import { createClient } from '@vr/messaging';
import { startNats, startWorker, temporaryFolder, until } from '@vr/testing';

const BYTES = 2 ** 43;

it('the alert manager hears that the footage of the wanted days does not fit the disk', async () => {
  const folder = await temporaryFolder('alerts');
  const nats = await startNats();
  const listener = await createClient({ NATS_URL: nats.url });
  const heard: unknown[] = [];
  listener.subscribe(SUBJECTS.alert, { callback: (_, message) => void heard.push(message.json()) });
  await listener.flush();
  const recordings = join(folder.path, 'recordings');
  // An hour of last night with 8 TB of holes: so much a day fits nowhere.
  const path = segmentPath(recordings, 'cam_1', Date.now() - DAY_MS / 2, 3_600_000);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  await file.truncate(BYTES);
  await file.close();
  const janitor = await startWorker('janitor', {
    NATS_URL: nats.url,
    RECORDINGS_DIR: recordings,
    CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:9/stream',
  });
  try {
    const alert = await until(() => recordAlert.safeParse(heard[0]).data, { what: 'an alert', deadlineMs: 30_000 });
    expect(alert).toMatchObject({ kind: 'retention', state: 'raised' });
    expect(alert.message).toMatch(/days|fit/);
  } finally {
    await janitor.stop();
    await listener.close();
    await nats.stop();
    await folder.remove();
  }
}, 90_000);
