import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { startCamera, temporaryFolder, until, type Camera, type TemporaryFolder } from '@vr/testing';
import { childrenOf } from './processes';
import { Rig } from './rig';

/**
 * This script stands in for ffmpeg. Where it is to record, it does what the file `mode` says. For all else it runs
 * ffmpeg.
 */
const IMPOSTOR = (folder: string, path: string): string => `#!/bin/sh
case "$*" in *pipe:1*) mode=$(cat ${folder}/mode) ;; esac
case "$mode" in
  exits) exit 0 ;;
  babbles) exec head -c 3000000 /dev/urandom ;;
  deaf) trap '' TERM; exec sleep 600 ;;
esac
PATH=${path} exec ffmpeg "$@"
`;

/** ffmpeg itself is at fault. */
describe('an ffmpeg that', () => {
  let camera: Camera;
  let rig: Rig;
  let bin: TemporaryFolder;
  const becomes = (mode: string): Promise<void> => writeFile(join(bin.path, 'mode'), mode);

  beforeEach(async () => {
    bin = await temporaryFolder();
    const { PATH = '' } = process.env;
    await writeFile(join(bin.path, 'ffmpeg'), IMPOSTOR(bin.path, PATH));
    await chmod(join(bin.path, 'ffmpeg'), 0o755);
    await becomes('true');
    camera = await startCamera();
    rig = await Rig.start(camera.url(1), { environment: { PATH: bin.path + delimiter + PATH } });
    await rig.recorded();
  });
  afterEach(async () => {
    await rig.end();
    await camera.stop();
    await bin.remove();
  });

  async function ffmpegPid(): Promise<number> {
    const [only] = await childrenOf(rig.worker.pid);
    if (only === undefined) throw new Error('the recorder has no child');
    return only;
  }

  it('is killed: a gap of seconds', async () => {
    process.kill(await ffmpegPid(), 'SIGKILL');
    await rig.recovers();
    await rig.provesOneGap('ffmpeg_failed');
  });

  it('is stopped: it is ended by force', async () => {
    const pid = await ffmpegPid();
    process.kill(pid, 'SIGSTOP');
    await rig.says('stalled', 'camera_stalled');
    await until(
      () =>
        readFile(`/proc/${pid}/stat`).then(
          () => false,
          () => true,
        ),
      { what: 'the stopped ffmpeg to be gone', deadlineMs: 10_000 },
    );
    await rig.recovers();
    await rig.provesOneGap('camera_stalled');
  });

  it.each([
    ['exits at once with code 0', 'exits', 'camera_disconnected'],
    ['prints garbage', 'babbles', 'stream_invalid'],
    ['prints nothing and does not listen to SIGTERM', 'deaf', 'camera_timeout'],
  ] as const)('%s', async (_, mode, reason) => {
    await becomes(mode);
    process.kill(await ffmpegPid(), 'SIGKILL');
    await rig.says('offline', reason);
    await becomes('true');
    await rig.recovers();
    await rig.provesOneGap('ffmpeg_failed');
  });
});
