import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { listSegments } from '@vr/footage';
import { runToEnd, temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { LoopDisk } from './disks';
import { residentBytes } from './processes';
import { Rig } from './rig';

const MB = 1e6;
const BUFFER_MB = 4;
const DISK_BYTES_PER_SECOND = 0.3 * MB;
/** 140 MB come while the disk is slow. A memory without bounds would show. */
const SLOW_FOR_MS = 18_000;
/** This is the buffer, the spare buffers (8 MB) and what the garbage collector has not freed yet. */
const GROWTH_BYTES = 60 * MB;

/** This script stands in for ffmpeg where it is to record. It is a camera of 8 MB a second, which costs nothing. */
const BUSY_CAMERA = (folder: string, path: string): string => `#!/bin/sh
PATH=${path}
case "$*" in
  *pipe:1*) exec ffmpeg -v warning -re -stream_loop -1 -i ${folder}/noise.mp4 -c copy -f mp4 \\
    -movflags +frag_keyframe+empty_moov+default_base_moof \\
    -frag_duration 1000000 -flush_packets 1 pipe:1 ;;
esac
exec ffmpeg "$@"
`;

/** The disk is slower than the stream. */
describe('a disk that takes a small part of what the camera sends', () => {
  let bin: TemporaryFolder;
  let disk: LoopDisk;
  let rig: Rig;

  beforeEach(async () => {
    bin = await temporaryFolder();
    const { PATH = '' } = process.env;
    await writeFile(join(bin.path, 'ffmpeg'), BUSY_CAMERA(bin.path, PATH));
    await chmod(join(bin.path, 'ffmpeg'), 0o755);
    await runToEnd('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'nullsrc=size=640x360:rate=25:duration=4,geq=random(1)*255:128:128'],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        '-qp',
        '8',
        '-g',
        '25',
        '-bf',
        '0',
        '-sc_threshold',
        '0',
        join(bin.path, 'noise.mp4'),
      ],
    ]);
    disk = await LoopDisk.make(256);
    const environment = { PATH: bin.path + delimiter + PATH, BUFFER_MB: `${BUFFER_MB}` };
    rig = await Rig.start('rtsp://127.0.0.1:1/', { recordingsDir: disk.path, environment });
    await rig.recorded();
  });
  afterEach(async () => {
    await disk.unthrottle();
    await rig.end();
    await disk.remove();
    await bin.remove();
  });

  it('costs whole GOPs, never memory, and no file is torn', async () => {
    const before = { bytes: await residentBytes(rig.worker.pid), atMs: Date.now() };
    await disk.throttle(rig.worker.pid, DISK_BYTES_PER_SECOND);
    await rig.says('stalled', 'disk_slow');
    let most = 0;
    await until(
      async () => {
        most = Math.max(most, await residentBytes(rig.worker.pid));
        return Date.now() - before.atMs > SLOW_FOR_MS;
      },
      { what: 'a slow disk, for a while', deadlineMs: SLOW_FOR_MS + 5000 },
    );
    expect(most - before.bytes).toBeLessThan(GROWTH_BYTES);
    await disk.unthrottle();
    await rig.recovers();
    const gaps = await rig.provesClean();
    expect(gaps.length).toBeGreaterThan(0);
    expect(gaps.filter(({ reason }) => reason !== 'disk_slow')).toEqual([]);
    for (const { path } of await listSegments(disk.path, 'cam_1')) {
      expect((await runToEnd('ffmpeg', ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-'])).stderr).toBe('');
    }
  });
});
