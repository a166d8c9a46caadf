import { Inject, Injectable } from '@nestjs/common';
import { clipWindow, type CameraId, type ClipJob, type ClipMember, type ClipRecord } from '@vr/contracts';
import { CONFIG } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipFolder, type ClipPlace } from './clip-folder.adapter';
import { suffixedClipId } from './clip-name';
import { KnownEvents } from './known-events';

/** So that a clip's record, written anew for every member, stays small. */
const MEMBERS_LIMIT = 500;
/** Requests by hand whose windows differ by no more at either end are one clip: whoever asks wants that clip, and no longer one. */
const SAME_BY_HAND_MS = 1000;

/** What is kept in memory of a clip that is on its way; everything else is read from its record. */
interface OpenClip extends ClipPlace {
  cameraId: CameraId;
  /** Its window may still grow: it is not cut. */
  mayGrow: boolean;
  byHand: boolean;
  startMs: number;
  endMs: number;
  members: readonly ClipMember[];
}

/**
 * Which event belongs to which clip, and which clips are on their way. Claims, joins and seals take turns, so that a name or a clip is
 * looked at and taken in one go. What may join what is written down in docs/design.md, "Merging".
 */
@Injectable()
export class ClipLedger {
  private readonly open = new Map<string, OpenClip>();
  /** Clips whose cut has begun: their window is fixed. */
  private readonly sealed = new Set<string>();
  private readonly known = new KnownEvents();
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'CLIP_MERGE' | 'CLIP_MAX_SECONDS'>,
    @Inject(ClipFolder) private readonly folder: Pick<ClipFolder, 'read' | 'write' | 'records'>,
  ) {}

  /**
   * The record of the clip that this event is part of, made where there is none. Its `job` is the one that counts: the first that came, under
   * the name that was free (two events of one camera at the same instant would share a name: the second gets a suffix). Durable when it resolves.
   */
  claim(job: ClipJob): Promise<ClipRecord> {
    return this.inTurn(() => this.claimNow(job));
  }

  /** The record of the event that a job is for, where there is one; makes none. */
  async find({ clipId, identity }: Pick<ClipJob, 'clipId' | 'identity'>): Promise<ClipRecord | undefined> {
    const found = await this.folder.read({ clipId });
    return found?.job.identity === identity ? found : undefined;
  }

  /** Fixes the window of a clip that is about to be cut, and gives its record. */
  seal(clip: ClipPlace): Promise<ClipRecord | undefined> {
    return this.inTurn(async () => {
      this.sealed.add(clip.clipId);
      return this.folder.read(clip);
    });
  }

  /** The cut did not succeed, or is over: the record says what may happen now. */
  unseal({ clipId }: ClipPlace): void {
    this.sealed.delete(clipId);
  }

  /** Writes how far a clip got. Not in turn: a clip that is not `claimed`, or is sealed, is its job's alone. */
  async write(record: ClipRecord): Promise<void> {
    await this.folder.write(record);
    this.follow(record);
  }

  /** The events of a clip, each with its own job; the clip's own first. */
  async events({ job, members = [] }: ClipRecord): Promise<ClipJob[]> {
    const records = await Promise.all(members.map(({ clipId }) => this.folder.read({ clipId })));
    return [job, ...records.flatMap((record) => (record ? [record.job] : []))];
  }

  /** The clips that are neither announced nor failed, from their records. */
  async *openClips(): AsyncIterable<ClipRecord> {
    for (const clip of [...this.open.values()]) {
      const record = await this.folder.read(clip);
      if (record && isOpen(record)) yield record;
    }
  }

  get openCount(): number {
    return this.open.size;
  }

  /** Clips of a camera that were asked for by hand and are not announced yet. */
  waitingByHand(cameraId: string): number {
    let waiting = 0;
    for (const clip of this.open.values()) if (clip.byHand && clip.cameraId === cameraId) waiting += 1;
    return waiting;
  }

  /** Reads what earlier processes left. Newest days first. */
  async takeStock(): Promise<void> {
    const joined: { job: ClipJob; into: string }[] = [];
    const members = new Map<string, Set<string>>();
    for await (const record of this.folder.records()) {
      this.known.recall(record.job);
      this.follow(record);
      if (record.mergedInto !== undefined) joined.push({ job: record.job, into: record.mergedInto });
      else members.set(record.job.clipId, new Set(record.members?.map(({ identity }) => identity)));
    }
    // Killed between the two records of a join.
    for (const { job, into } of joined) if (members.get(into)?.has(job.identity) === false) await this.claim(job);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.lastTurn.then(work);
    this.lastTurn = mine.catch(() => undefined);
    return mine;
  }

  private async claimNow(job: ClipJob): Promise<ClipRecord> {
    const suffixed = { ...job, clipId: suffixedClipId(job.clipId, job.identity) };
    const found = (await this.find(suffixed)) ?? (await this.find(job)) ?? (await this.findKnown(job));
    if (found && found.state !== 'merged') return this.follow(found);
    const into = found?.mergedInto === undefined ? undefined : await this.folder.read({ clipId: found.mergedInto });
    if (into && lists(into, job.identity)) return this.follow(into);
    const taken = !found && (await this.folder.read(job)) !== undefined;
    return this.place(found?.job ?? (taken ? suffixed : job));
  }

  /** Of an event that came before, with another timestamp. */
  private async findKnown({ identity }: ClipJob): Promise<ClipRecord | undefined> {
    const clipId = this.known.clipOf(identity);
    return clipId && this.find({ clipId, identity });
  }

  /** Joins a clip that has room for the event, or begins one. */
  private async place(job: ClipJob): Promise<ClipRecord> {
    this.known.remember(job);
    const host = await this.hostOf(job);
    if (!host) {
      const record: ClipRecord = { state: 'claimed', job };
      await this.write(record);
      return record;
    }
    // The event's own record first: a clip that lists an event whose record is missing would lose it.
    await this.folder.write({ state: 'merged', job, mergedInto: host.job.clipId });
    const { clipId, identity, startMs, endMs } = job;
    const grown = { ...host, members: [...(host.members ?? []), { clipId, identity, startMs, endMs }] };
    await this.write(grown);
    return grown;
  }

  private async hostOf(job: ClipJob): Promise<ClipRecord | undefined> {
    const byHand = isByHand(job);
    if (this.config.CLIP_MERGE === 'off' && !byHand) return undefined;
    const fits = (clip: OpenClip): boolean =>
      clip.cameraId === job.cameraId &&
      clip.byHand === byHand &&
      (!byHand || isNearlyTheSame(clip, job)) &&
      clip.mayGrow &&
      !this.sealed.has(clip.clipId) &&
      clip.startMs < job.endMs &&
      job.startMs < clip.endMs &&
      Math.max(clip.endMs, job.endMs) - Math.min(clip.startMs, job.startMs) <= this.config.CLIP_MAX_SECONDS * 1000 &&
      clip.members.length < MEMBERS_LIMIT;
    const [host] = [...this.open.values()].filter(fits).sort((a, b) => a.startMs - b.startMs);
    const record = host && (await this.folder.read(host));
    return record?.state === 'claimed' ? record : undefined;
  }

  /** Called with every record that is read or written, so that a stale reading does not last. */
  private follow(record: ClipRecord): ClipRecord {
    const { cameraId, clipId } = record.job;
    if (isOpen(record)) {
      const [mayGrow, byHand] = [record.state === 'claimed', isByHand(record.job)];
      this.open.set(clipId, { cameraId, clipId, mayGrow, byHand, ...clipWindow(record), members: record.members ?? [] });
    } else this.open.delete(clipId);
    return record;
  }
}

function isOpen({ state }: ClipRecord): boolean {
  return state === 'claimed' || state === 'cut' || state === 'uploaded';
}

function lists({ job, members = [] }: ClipRecord, identity: string): boolean {
  return job.identity === identity || members.some((member) => member.identity === identity);
}

function isByHand({ identity }: ClipJob): boolean {
  return identity.startsWith('manual:');
}

function isNearlyTheSame(clip: Pick<OpenClip, 'startMs' | 'endMs'>, { startMs, endMs }: ClipJob): boolean {
  return Math.abs(clip.startMs - startMs) <= SAME_BY_HAND_MS && Math.abs(clip.endMs - endMs) <= SAME_BY_HAND_MS;
}
