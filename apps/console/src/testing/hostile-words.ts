import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipRecord } from '@vr/contracts';

export const MARKUP = `"><img src=x onerror="alert(1)"><script>alert(2)</script>\u202e`;

/** Detectors and configurations may send these as a camera's name, a clip's event type and a snapshot's reason. */
export async function plantHostileWords(folder: string): Promise<void> {
  const day = 'cam_1/2026-11-23';
  const [clips, snapshots] = [join(folder, 'clips', day), join(folder, 'snapshots', day)];
  await Promise.all([clips, snapshots].map((path) => mkdir(path, { recursive: true })));
  const [start, end, clipId] = [1_795_435_200, 1_795_435_201, 'event_cam_1_1795435200.000'];
  const key = `${day}/${clipId}.mp4`;
  const job = {
    ...{ clipId, identity: clipId, cameraId: 'cam_1', eventId: MARKUP, eventType: MARKUP, source: {} },
    ...{ timestampMs: start * 1000, startMs: start * 1000, endMs: end * 1000 },
  };
  const ready = {
    ...{
      clip_id: clipId,
      event_id: MARKUP,
      camera_id: 'cam_1',
      event_type: MARKUP,
      source: {},
      url: '',
      thumbnail_url: '',
    },
    ...{
      timestamp: start,
      start,
      end,
      duration: 1,
      requested_start: start,
      requested_end: end,
      partial: false,
      gaps: [],
    },
    ...{ bucket: 'clips', key, size_bytes: 10, sha256: '0'.repeat(64), codec: 'h264', width: 64, height: 64 },
  };
  const record = clipRecord.parse({ state: 'announced', job, ready });
  const cameras = [{ id: 'cam_1', name: MARKUP, url: 'rtsp://127.0.0.1:1/s' }];
  await writeFile(join(clips, `${clipId}.json`), JSON.stringify(record));
  await writeFile(join(snapshots, 'cam_1_2026-11-23T12-00-00.000Z.jpg'), '');
  await writeFile(join(snapshots, 'cam_1_2026-11-23T12-00-00.000Z.json'), JSON.stringify({ reason: MARKUP }));
  await writeFile(join(folder, 'cameras.yml'), JSON.stringify({ cameras }));
}
