// Real file systems that fail: they need root, as the tests' servers do to be installed.
import { access, mkdir, readFile, rm, rmdir, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@vr/base';
import { runToEnd, temporaryFolder, type TemporaryFolder } from '@vr/testing';

const mount = (...args: string[]): Promise<unknown> => runToEnd('mount', args);
const MB = 1024 * 1024;

/** A small disk in memory. */
export class MemoryDisk {
  private constructor(
    private readonly folder: TemporaryFolder,
    readonly path: string,
    private readonly sizeMb: number,
  ) {}

  static async make(sizeMb: number): Promise<MemoryDisk> {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'disk');
    await mkdir(path);
    return new MemoryDisk(folder, path, sizeMb);
  }

  mount(): Promise<unknown> {
    return mount('-t', 'tmpfs', '-o', `size=${this.sizeMb}m`, 'tmpfs', this.path);
  }

  /** Fills the disk until so much room is left, or less. */
  async fill(leftBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.path);
    try {
      await writeFile(join(this.path, '.ballast'), Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)), {
        flag: 'a',
      });
    } catch (error) {
      // The recorder wrote more than `leftBytes` meanwhile. All room that there was is taken, so the disk is full.
      if (errorCode(error) !== 'ENOSPC') throw error;
    }
  }

  empty(): Promise<void> {
    return rm(join(this.path, '.ballast'));
  }

  async remove(): Promise<void> {
    await runToEnd('umount', ['-l', this.path]).catch(() => undefined); // it may not be mounted
    await this.folder.remove();
  }
}

/** The file system's own tables. */
const HEALTHY_MB = 1;

/** An ext4 on a loop device. */
export class LoopDisk {
  private device = '';
  private group: ControlGroup | undefined;
  private constructor(
    private readonly backing: MemoryDisk,
    readonly path: string,
    private readonly image: string,
    private readonly sizeMb: number,
  ) {}

  static async make(sizeMb = 64): Promise<LoopDisk> {
    const backing = await MemoryDisk.make(2 * sizeMb);
    await backing.mount();
    const path = join(backing.path, 'mounted');
    const disk = new LoopDisk(backing, path, join(backing.path, 'image'), sizeMb);
    try {
      await writeFile(disk.image, '');
      await truncate(disk.image, sizeMb * MB);
      await runToEnd('mkfs.ext4', ['-q', '-O', '^has_journal', disk.image]);
      await mkdir(path);
      await disk.mount();
    } catch (error) {
      await disk.remove();
      throw error;
    }
    return disk;
  }

  async mount(): Promise<void> {
    await mount('-o', 'loop,errors=remount-ro', this.image, this.path);
    this.device = (await runToEnd('findmnt', ['-n', '-o', 'SOURCE', this.path])).stdout.toString().trim();
  }

  async unmount(): Promise<void> {
    await runToEnd('umount', [this.path]);
  }

  /** The kernel takes no more writes until the disk is unmounted, as after an error of the hardware. */
  becomeReadOnly(): Promise<void> {
    return writeFile(`/sys/fs/ext4/${this.device.slice('/dev/'.length)}/trigger_fs_error`, 'test');
  }

  /** Writes neither fail nor end. */
  freeze(): Promise<unknown> {
    return runToEnd('fsfreeze', ['--freeze', this.path]);
  }

  thaw(): Promise<unknown> {
    return runToEnd('fsfreeze', ['--unfreeze', this.path]);
  }

  /** The device answers EIO behind its first part. */
  breakWrites(): Promise<void> {
    return this.resize(HEALTHY_MB);
  }

  mendWrites(): Promise<void> {
    return this.resize(this.sizeMb);
  }

  /** The disk takes at most so many bytes a second from one process. Call `remove` after the process has ended. */
  async throttle(pid: number, bytesPerSecond: number): Promise<void> {
    this.group ??= await ControlGroup.make(pid);
    await this.group.limitWrites(await this.deviceNumber(), bytesPerSecond);
  }

  async unthrottle(): Promise<void> {
    await this.group?.limitWrites(await this.deviceNumber(), undefined);
  }

  private async deviceNumber(): Promise<string> {
    return (await readFile(`/sys/class/block/${this.device.slice('/dev/'.length)}/dev`, 'utf8')).trim();
  }

  private async resize(sizeMb: number): Promise<void> {
    await truncate(this.image, sizeMb * MB);
    await runToEnd('losetup', ['--set-capacity', this.device]);
  }

  async remove(): Promise<void> {
    await this.group?.remove();
    await this.thaw().catch(() => undefined); // it is not frozen, mostly
    await runToEnd('umount', ['-l', this.path]).catch(() => undefined); // it may not be mounted
    await this.backing.remove();
  }
}

/** A process whose writes the kernel slows down: cgroup v1's blkio where it is mounted, else v2's io. */
class ControlGroup {
  private static readonly V1 = '/sys/fs/cgroup/blkio';
  private constructor(
    private readonly path: string,
    private readonly isV1: boolean,
  ) {}

  static async make(pid: number): Promise<ControlGroup> {
    const isV1 = await access(ControlGroup.V1).then(
      () => true,
      () => false,
    );
    const root = isV1 ? ControlGroup.V1 : '/sys/fs/cgroup';
    if (!isV1) await writeFile(join(root, 'cgroup.subtree_control'), '+io');
    const group = new ControlGroup(join(root, `vr-test-${pid}`), isV1);
    await mkdir(group.path);
    await writeFile(join(group.path, 'cgroup.procs'), `${pid}`);
    return group;
  }

  limitWrites(device: string, bytesPerSecond: number | undefined): Promise<void> {
    if (this.isV1)
      // 0 takes the limit away
      return writeFile(join(this.path, 'blkio.throttle.write_bps_device'), `${device} ${bytesPerSecond ?? 0}`);
    return writeFile(join(this.path, 'io.max'), `${device} wbps=${bytesPerSecond ?? 'max'}`);
  }

  remove(): Promise<void> {
    return rmdir(this.path);
  }
}
