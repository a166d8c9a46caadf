import { basename, dirname } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { toSeconds, utcDay, type Clock } from '@vr/base';
import type { ProtectedShare } from '@vr/contracts';
import { type UnreadableFolder } from '@vr/library';
import {
  FootageCatalogue,
  forecastStorage,
  Holds,
  planRetention,
  recordedCameras,
  retentionRules,
} from '@vr/retention';
import type {
  CameraSpan,
  Deletion,
  Forecast,
  FootageDay,
  RetentionMemory,
  RetentionPlan,
  RetentionRules,
  Tree,
  Volume,
} from '@vr/retention';
import { localBucket } from '@vr/objects';
import { CameraRoster, CLOCK, CONFIG } from '@vr/service';
import { Budgets } from '../budgets/budgets';
import { ClipCatalogue } from '../catalogue/clip-catalogue';
import type { FilePlace } from '../catalogue/file-place';
import { ObjectCatalogue } from '../catalogue/object-catalogue';
import { readQuarantine } from '../catalogue/quarantine';
import { Volumes } from '../catalogue/volumes';
import type { JanitorConfig } from '../config';
import { protectedShareOf } from '../protection/protection-limits';
import { Protections } from '../protection/protections';

/** A plan of so many deletions takes 15 MB. If there is more to do, the next pass follows at once. */
const MOST_DELETIONS = 250_000;

export interface Survey {
  plan: RetentionPlan<FilePlace>;
  rules: RetentionRules;
  holds: Holds;
  /** The protections that the plan knew. One that is made meanwhile holds beside them. */
  protections: ReadonlySet<string>;
  volumes: Volume[];
  forecast: Forecast;
  /** Absent where the disk of the footage cannot be looked at. */
  protected: ProtectedShare | undefined;
  /** The folders of all trees that could not be read. */
  unreadable: UnreadableFolder[];
  emptyFolders: { tree: Tree; cameraId: string; day: string }[];
}

/** Looks at everything on disk and has a plan made of it. It changes nothing. */
@Injectable()
export class Surveyor {
  private readonly clips: ClipCatalogue;
  private readonly snapshots: ClipCatalogue;

  constructor(
    @Inject(CONFIG) private readonly config: JanitorConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FootageCatalogue) private readonly footage: FootageCatalogue,
    @Inject(Volumes) private readonly volumes: Volumes,
    @Inject(Protections) private readonly protections: Protections,
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'all'>,
    @Inject(Budgets) private readonly budgets: Pick<Budgets, 'read'>,
  ) {
    const objectsOf = (bucket: string, kind: 'clip' | 'snapshot'): ObjectCatalogue | undefined =>
      volumes.hasObjects
        ? new ObjectCatalogue(config.OBJECTS_DIR, localBucket(bucket, config.OBJECT_PREFIX), kind, clock)
        : undefined;
    this.clips = new ClipCatalogue(config.CLIPS_DIR, 'clip', clock, objectsOf(config.CLIPS_BUCKET, 'clip'));
    this.snapshots = new ClipCatalogue(
      config.SNAPSHOTS_DIR,
      'snapshot',
      clock,
      objectsOf(config.SNAPSHOTS_BUCKET, 'snapshot'),
    );
  }

  async survey(memory: RetentionMemory): Promise<Survey> {
    await this.protections.refresh();
    const protections = this.protections.ids();
    const rules = retentionRules(this.config, this.cameras.all());
    const looks = [this.footage.refresh(), this.clips.refresh(), this.snapshots.refresh(), this.volumes.all()] as const;
    const [footage, clips, snapshots, volumes] = await Promise.all(looks);
    const items = [...clips.items, ...snapshots.items, ...readQuarantine(this.config.RECORDINGS_DIR)];
    const holds = new Holds({ protections: this.protections.spans(), leases: clips.leases, events: clips.events });
    const budgets = await this.budgets.read(volumes);
    const nowMs = this.clock.nowMs();
    const plan = planRetention<FilePlace>({
      nowMs,
      footage,
      items,
      rules,
      holds,
      volumes,
      budgets,
      memory,
      most: MOST_DELETIONS,
    });
    const volume = volumes.find(({ trees }) => trees.includes('recordings'));
    return {
      ...{ plan, rules, holds, protections, volumes },
      protected: volume && {
        ...protectedShareOf(footage, holds, volume, this.config.PROTECT_MAX_PERCENT),
        ...givenOf(plan),
      },
      unreadable: [...this.footage.unreadable, ...clips.unreadable, ...snapshots.unreadable],
      forecast: forecastStorage({ nowMs, footage, rules, volume, recorded: recordedCameras(this.cameras.all()) }),
      emptyFolders: emptyAfter(plan.deletions, footage, [
        ...clips.emptyFolders.map((folder) => ({ ...folder, tree: 'clips' as const })),
        ...snapshots.emptyFolders.map((folder) => ({ ...folder, tree: 'snapshots' as const })),
      ]),
    };
  }

  /** The footage that clips wait for now. A claim may have come after the survey. */
  async leases(): Promise<CameraSpan[]> {
    return (await this.clips.refresh()).leases;
  }
}

function givenOf({ given }: Pick<RetentionPlan, 'given'>): Pick<ProtectedShare, 'given_from' | 'given_bytes'> {
  return given ? { given_from: toSeconds(given.fromMs), given_bytes: given.bytes } : {};
}

/** Folders that may be empty after the deletions: those that are empty now, and those that lose something. */
function emptyAfter(
  deletions: readonly Deletion<FilePlace>[],
  footage: readonly FootageDay[],
  others: Survey['emptyFolders'],
): Survey['emptyFolders'] {
  const folders = new Map<string, Survey['emptyFolders'][number]>();
  const add = (folder: Survey['emptyFolders'][number]): void =>
    void folders.set(`${folder.tree} ${folder.cameraId} ${folder.day}`, folder);
  for (const folder of others) add(folder);
  for (const { cameraId, day, names } of footage) if (names === 0) add({ tree: 'recordings', cameraId, day });
  for (const { cameraId, startMs, item } of deletions) {
    if (!item) add({ tree: 'recordings', cameraId, day: utcDay(startMs) });
    if (!item || item.kind === 'quarantine') continue;
    const { tree, paths, objectPaths } = item.place;
    for (const path of paths) add({ tree, ...folderOf(path) });
    for (const path of objectPaths) add({ tree: 'objects', ...folderOf(path) });
  }
  return [...folders.values()];
}

/** Takes apart `cam_1/2026-11-23/x.mp4`. The camera's folder of an object lies deeper, as in `clips/cam_1`. */
function folderOf(path: string): { cameraId: string; day: string } {
  const day = dirname(path);
  return { cameraId: dirname(day), day: basename(day) };
}
