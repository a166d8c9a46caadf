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

/** A clip's record is written anew for every member, so it must stay small. */
export const MEMBERS_LIMIT = 500;
/** So many records are read for one request, the nearest first. Where none of them fits, it gets its own clip. */
const LOOKED_AT = 32;

/** A clip on its way, as memory keeps it. Everything else is read from its record. */
export interface OpenClip extends ClipPlace, ClipSpan {
  cameraId: CameraId;
  /** Its window may still grow: it is not cut. */
  mayGrow: boolean;
  byHand: boolean;
  /** The window of its own event. */
  own: ClipSpan;
  members: readonly ClipMember[];
}

/** A clip that an event may join, and the window that it then has. */
export interface Host {
  record: ClipRecord;
  window: ClipSpan;
}

/**
 * Finds the clip that answers a request by hand, among those on their way and among those that were announced.
 * sharing.ts says which one fits.
 */
export class SharedClips {
  constructor(
    private readonly folder: Pick<ClipFolder, 'read' | 'namesOf'>,
    private readonly longestMs: number,
  ) {}

  /** The one of the clips on their way that is, or becomes, the shortest. */
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
   * The announced clips that fit, by their records on disk, the nearest first. The clip itself may be gone.
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

  /** The names of clips by hand whose own window is near. Only such can be shared. */
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

  /** Whether a clip that is cut holds what the request wants. */
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
