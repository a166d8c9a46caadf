import { Inject, Injectable } from '@nestjs/common';
import { joinNames, type Clock, plainFile, listFolder } from '@vr/base';
import { UNFINISHED_SNAPSHOTS } from '@vr/library';
import { budgetBytes, readRoomWanted, roomWantedMs, type Budget, type Volume } from '@vr/retention';
import { CLOCK, CONFIG } from '@vr/service';
import type { JanitorConfig } from '../config';

/** A request for room counts for so long. Whoever still waits says so again within a minute. */
const WANTED_FOR_MS = 120_000;

/** The budgets of clips and snapshots, and what their makers want of them. */
@Injectable()
export class Budgets {
  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<JanitorConfig, 'CLIPS_DIR' | 'SNAPSHOTS_DIR' | 'CLIPS_MAX_GB' | 'SNAPSHOTS_MAX_GB'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A kind without a folder has no budget yet, unless its setting gives one. */
  async read(volumes: readonly Volume[]): Promise<Budget[]> {
    const { CLIPS_DIR, SNAPSHOTS_DIR, CLIPS_MAX_GB, SNAPSHOTS_MAX_GB } = this.config;
    const diskOf = (tree: 'clips' | 'snapshots'): Volume | undefined =>
      volumes.find(({ trees }) => trees.includes(tree));
    const found = [
      { kind: 'clip' as const, folder: CLIPS_DIR, maxBytes: budgetBytes(CLIPS_MAX_GB, diskOf('clips')), otherBytes: 0 },
      {
        kind: 'snapshot' as const,
        folder: SNAPSHOTS_DIR,
        maxBytes: budgetBytes(SNAPSHOTS_MAX_GB, diskOf('snapshots')),
        otherBytes: await bytesOnTheirWay(SNAPSHOTS_DIR),
      },
    ];
    const budgets: Budget[] = [];
    for (const { kind, folder, maxBytes, otherBytes } of found) {
      if (maxBytes !== undefined)
        budgets.push({ kind, maxBytes, otherBytes, wantedBytes: await this.wantedBytes(folder) });
    }
    return budgets;
  }

  /** When somebody last asked for room. It is 0 where nobody does. */
  wantedMs(): number {
    return Math.max(roomWantedMs(this.config.CLIPS_DIR), roomWantedMs(this.config.SNAPSHOTS_DIR));
  }

  private async wantedBytes(folder: string): Promise<number> {
    const wanted = await readRoomWanted(folder);
    return wanted && this.clock.nowMs() - wanted.at * 1000 < WANTED_FOR_MS ? wanted.wanted_bytes : 0;
  }
}

async function bytesOnTheirWay(snapshotsDir: string): Promise<number> {
  let bytes = 0;
  for (const name of UNFINISHED_SNAPSHOTS) {
    const folder = joinNames(snapshotsDir, name);
    for (const file of await listFolder(folder)) bytes += plainFile(`${folder}/${file}`)?.size ?? 0;
  }
  return bytes;
}
