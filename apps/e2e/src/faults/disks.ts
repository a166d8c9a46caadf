// Real file systems that fail: they need root, as the tests' servers do to be installed.
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

  /** Leaves so much room. */
  async fill(leftBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.path);
    await writeFile(join(this.path, '.ballast'), Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)));
  }

  empty(): Promise<void> {
    return rm(join(this.path, '.ballast'));
  }

  async remove(): Promise<void> {
    await runToEnd('umount', ['-l', this.path]).catch(() => undefined); // it may not be mounted
    await this.folder.remove();
  }
}

/** An ext4 of its own on a loop device. Its backing file is sparse, on a disk in memory of `backingMb`: when that is full, the disk fails to write. */
export class LoopDisk {
  private device = '';
  private constructor(
    private readonly backing: MemoryDisk,
    readonly path: string,
  ) {}

  static async make(o: { sizeMb: number; backingMb: number }): Promise<LoopDisk> {
    const backing = await MemoryDisk.make(o.backingMb);
    await backing.mount();
    const image = join(backing.path, 'image');
    await runToEnd('truncate', ['-s', `${o.sizeMb * MB}`, image]);
    await runToEnd('mkfs.ext4', ['-q', '-O', '^has_journal', '-E', 'nodiscard,lazy_itable_init=0', image]);
    const path = join(backing.path, 'mounted');
    await mkdir(path);
    const disk = new LoopDisk(backing, path);
    await disk.mount();
    return disk;
  }

  async mount(): Promise<void> {
    await mount('-o', 'loop,errors=remount-ro', join(this.backing.path, 'image'), this.path);
    this.device = (await runToEnd('findmnt', ['-n', '-o', 'SOURCE', this.path])).stdout.toString().trim();
  }

  async unmount(): Promise<void> {
    await runToEnd('umount', [this.path]);
  }

  /** As after an error of the hardware: the kernel takes nothing more. Only unmounting ends it. */
  becomeReadOnly(): Promise<void> {
    return writeFile(`/sys/fs/ext4/${this.device.slice('/dev/'.length)}/trigger_fs_error`, 'test');
  }

  /** Nothing fails, and nothing gets done. */
  freeze(): Promise<unknown> {
    return runToEnd('fsfreeze', ['--freeze', this.path]);
  }

  thaw(): Promise<unknown> {
    return runToEnd('fsfreeze', ['--unfreeze', this.path]);
  }

  /** What the file system has on the disk below it can be written no more. */
  breakWrites(): Promise<void> {
    return this.backing.fill(0);
  }

  mendWrites(): Promise<void> {
    return this.backing.empty();
  }

  async remove(): Promise<void> {
    await this.thaw().catch(() => undefined); // it is not frozen, mostly
    await runToEnd('umount', ['-l', this.path]).catch(() => undefined); // it may not be mounted
    await this.backing.remove();
  }
}
