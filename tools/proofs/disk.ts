// A small disk (tmpfs) that real recordings fill, with the real recorder, janitor and NATS. Linux only.
// The disk is mounted in a mount namespace of its own, which ends with its process however that ends. So what runs
// there is a process of its own: disk-stage.ts.
import { spawnSync } from 'node:child_process';
import { runHere } from '../child-process';

export interface SmallDisk {
  seconds: number;
  megabytes: number;
  cameras: number;
  size: string;
  segmentSeconds: number;
}

/**
 * @returns whether recording went on, the disk passed its high mark by less than a segment, and the oldest footage went
 *   first
 * @throws where no disk can be mounted
 */
export async function proveDisk(disk: SmallDisk): Promise<boolean> {
  const ways = process.getuid?.() === 0 ? [['-m'], ['-r', '-m']] : [['-r', '-m']];
  const way = ways.find((each) => canMount(each));
  if (!way)
    throw new Error(
      'This proof fills a small disk, and could not mount one. It wants root, or a kernel that lets users make mount ' +
        'namespaces (sysctl kernel.unprivileged_userns_clone=1). Nothing was tested.',
    );
  const stage = [process.execPath, '--import', 'tsx', 'tools/proofs/disk-stage.ts', JSON.stringify(disk)];
  return (await runHere('unshare', [...way, ...stage])) === 0;
}

function canMount(way: readonly string[]): boolean {
  return spawnSync('unshare', [...way, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0;
}
