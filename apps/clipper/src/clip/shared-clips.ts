import { utcDay } from '@vr/base';
import {
  clipIdParts,
  clipWindow,
  type CameraId,
  type ClipId,
  type ClipJob,
  type ClipMember,
  type ClipRecord,
  type ClipSpan,
} from '@vr/contracts';
import { type ClipFolder, type ClipPlace } from '@vr/library';
import { lengthMs, reachMs, sharedWindow } from './sharing';

/** So that a clip's record, written anew for every member, stays small. */
export const MEMBERS_LIMIT = 500;
/** Records that are read for one request, the nearest first. Who is not found there has a clip of his own. */
const LOOKED_AT = 32;

/** What is kept in memory of a clip that is on its way; everything else is read from its record. */
export interface OpenClip extends ClipPlace, ClipSpan {
  cameraId: CameraId;
  /** Its window may still grow: it is not cut. */
  mayGrow: boolean;
  byHand: boolean;
  /** The window of its own event. */
  own: ClipSpan;
  members: readonly ClipMember[];
}

/** A clip that an event may be part of, and the window that it then has. */
export interface Host {
  record: ClipRecord;
  window: ClipSpan;
}

/**
 * Finds the clip that answers a request by hand: among those on their way, and among those that were announced. What
 * fits is said in sharing.ts.
 */
export class SharedClips {
  constructor(
    private readonly folder: Pick<ClipFolder, 'read' | 'namesOf'>,
    private readonly longestMs: number,
  ) {}

  /** Of clips that are on their way: the one that is, or becomes, the shortest. */
  async onItsWay(job: ClipJob, open: Iterable<OpenClip>): Promise<Host | undefined> {
    const fitting = [...open].flatMap((clip) => {
      const { cameraId, byHand, members, mayGrow, own } = clip;
      if (!byHand || cameraId !== job.cameraId || members.length >= MEMBERS_LIMIT) return [];
      const window = sharedWindow({ window: clip, mayGrow, requests: [own, ...members] }, job, this.longestMs);
      return window ? [{ clip, window }] : [];
    });
    for (const { clip, window } of fitting.sort((a, b) => lengthMs(a.window) - lengthMs(b.window))) {
      const record = await this.folder.read(clip);
      if (record && (record.state === 'claimed' || this.isAnsweredBy(record, job))) return { record, window };
    }
    return undefined;
  }

  /**
   * Of clips that were announced, by what lies on the disk; the nearest first. Whether the clip itself is still there
   * nobody has looked.
   */
  async *announced(job: ClipJob): AsyncIterable<ClipRecord> {
    const seen = new Set<ClipId>();
    for (const name of await this.near(job)) {
      const found = await this.folder.read({ clipId: name });
      const into = found?.mergedInto;
      const record = into !== undefined && !seen.has(into) ? await this.folder.read({ clipId: into }) : found;
      if (!record || seen.has(record.job.clipId)) continue;
      seen.add(record.job.clipId);
      if (record.state === 'announced' && this.isAnsweredBy(record, job)) yield record;
    }
  }

  /** Names of clips by hand whose own window is near: only such can be shared. */
  private async near(job: ClipJob): Promise<ClipId[]> {
    const reach = reachMs(job);
    const days = new Set([job.startMs - reach, job.startMs + reach].map(utcDay));
    const found: { id: ClipId; apartMs: number }[] = [];
    for (const day of days) {
      for (const id of await this.folder.namesOf(job.cameraId, day)) {
        const { startMs, endMs } = clipIdParts(id);
        if (endMs === undefined) continue;
        const [starts, ends] = [Math.abs(startMs - job.startMs), Math.abs(endMs - job.endMs)];
        if (Math.max(starts, ends) <= reach) found.push({ id, apartMs: starts + ends });
      }
    }
    return found
      .sort((a, b) => a.apartMs - b.apartMs)
      .slice(0, LOOKED_AT)
      .map(({ id }) => id);
  }

  /** Of a clip that is cut. */
  private isAnsweredBy(record: ClipRecord, job: ClipJob): boolean {
    const { ready } = record;
    if (!ready || clipIdParts(record.job.clipId).isEvent) return false;
    const gaps = ready.gaps.map(({ start, end }) => ({ startMs: start * 1000, endMs: end * 1000 }));
    return (
      sharedWindow({ window: clipWindow(record), mayGrow: false, requests: [], gaps }, job, this.longestMs) !==
      undefined
    );
  }
}
