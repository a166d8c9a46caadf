import { readdir } from 'node:fs/promises';
import { startCamera, type Camera } from '@vr/testing';
import { LoopDisk, MemoryDisk } from './disks';
import { Rig, type RigOptions } from './rig';

/** The camera sends about 100 KB a second. */
describe('a disk that', () => {
  let camera: Camera;
  let rig: Rig | undefined;
  let disk: MemoryDisk | LoopDisk | undefined;

  beforeAll(async () => {
    camera = await startCamera();
  });
  afterAll(() => camera.stop());
  afterEach(async () => {
    // A frozen file system would not let the recorder end.
    if (disk instanceof LoopDisk) await disk.thaw().catch(() => undefined);
    await rig?.end();
    await disk?.remove();
    rig = disk = undefined;
  });

  async function recordOn(path: string, o: RigOptions = {}): Promise<Rig> {
    rig = await Rig.start(camera.url(1), { recordingsDir: path, ...o });
    return rig;
  }

  it('is full: recording resumes by itself as soon as there is room', async () => {
    const full = (disk = await MemoryDisk.make(64));
    await full.mount();
    const rig = await recordOn(full.path);
    await rig.recorded();
    await full.fill(100_000);
    await rig.says('disk_full', 'disk_full');
    await full.empty();
    await rig.recovers();
    await rig.provesOneGap('disk_full');
  });

  it('becomes read-only after an error', async () => {
    const broken = (disk = await LoopDisk.make());
    const rig = await recordOn(broken.path);
    await rig.recorded();
    await broken.becomeReadOnly();
    await rig.says('stalled', 'disk_error');
    await broken.unmount();
    await broken.mount();
    await rig.recovers();
    await rig.provesOneGap('disk_error');
  });

  it('cannot write (EIO at fdatasync): the segment ends, loudly, and the next one is tried at once', async () => {
    const broken = (disk = await LoopDisk.make());
    const rig = await recordOn(broken.path);
    await rig.recorded();
    await broken.breakWrites();
    await rig.worker.waitLog(/"reason":"disk_error","detail":"EIO: i\/o error, fdatasync"/);
    await broken.mendWrites();
    await rig.recovers();
    // The kernel may have written what it took before it failed. Then nothing is missing.
    const reasons = new Set((await rig.provesClean()).map(({ reason }) => reason));
    expect([...reasons].filter((reason) => reason !== 'disk_error')).toEqual([]);
  });

  it('is not mounted, where RECORDINGS_REQUIRE_MOUNT wants it', async () => {
    const absent = (disk = await MemoryDisk.make(64));
    const rig = await recordOn(absent.path, { environment: { RECORDINGS_REQUIRE_MOUNT: 'true' } });
    await rig.says('stalled', 'disk_error');
    expect(await readdir(absent.path)).toEqual([]);
    await absent.mount();
    await rig.recovers();
    expect(await rig.provesClean()).toEqual([]);
  });

  it('hangs: memory stays bounded, whole GOPs are dropped, nothing is torn', async () => {
    const slow = (disk = await LoopDisk.make());
    const rig = await recordOn(slow.path, { environment: { BUFFER_MB: '0.3' } });
    await rig.recorded();
    await slow.freeze();
    await rig.says('stalled', 'disk_slow');
    await slow.thaw();
    await rig.recovers();
    await rig.provesOneGap('disk_slow');
  });
});
