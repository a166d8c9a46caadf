import { Inject, Injectable } from '@nestjs/common';
import { smallestOf, Turns } from '@vr/base';
import { clipIdParts, clipWindow, type ClipJob, type ClipRecord } from '@vr/contracts';
import { ClipFolder, type ClipPlace, suffixedClipId } from '@vr/library';
import { CONFIG } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipsOfEvents } from './clips-of-events';
import { MEMBERS_LIMIT, SharedClips, type Host, type OpenClip } from './shared-clips';
import { within } from './sharing';

/**
 * Knows which event belongs to which clip, and which clips are on their way. Claims, joins and seals take turns, so
 * that a name or a clip is looked at and taken in one go. Which events may join which clip: docs/workers/clipper.md,
 * "Merging" and "Sharing".
 */
@Injectable()
export class ClipLedger {
  private readonly open = new Map<string, OpenClip>();
  /** Clips whose cut has begun: their window is fixed. */
  private readonly sealed = new Set<string>();
  private readonly known = new ClipsOfEvents();
  private readonly shared: SharedClips;
  private readonly turns = new Turns();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'CLIP_MERGE' | 'CLIP_MAX_SECONDS'>,
    @Inject(ClipFolder)
    private readonly folder: Pick<ClipFolder, 'read' | 'write' | 'records' | 'namesOf' | 'removeLeftovers'>,
  ) {
    this.shared = new SharedClips(folder, config.CLIP_MAX_SECONDS * 1000);
  }

  /**
   * The record of the clip that this event is part of, made where there is none. Its `job` is the one that counts: the
   * first that came, under the name that was free. Two events of one camera and instant would share a name, so the
   * second gets a suffix. The record is durable when this resolves.
   */
  claim(job: ClipJob): Promise<ClipRecord> {
    return this.inTurn(() => this.claimNow(job));
  }

  /** Announced clips that answer a request by hand; its own first. The caller checks that they are still there. */
  async *answersTo(job: ClipJob): AsyncIterable<ClipRecord> {
    const own = await this.findOwn(job);
    const known = own?.mergedInto === undefined ? own : await this.folder.read({ clipId: own.mergedInto });
    if (known?.state === 'announced' && lists(known, job.identity)) yield known;
    for await (const record of this.shared.announced(job)) if (record.job.clipId !== known?.job.clipId) yield record;
  }

  /**
   * Claims for a request whose clip was announced and is gone: that clip is made again, or the request gets its own.
   */
  claimAnew(job: ClipJob): Promise<ClipRecord> {
    return this.inTurn(async () => {
      const own = await this.findOwn(job);
      if (!own) return this.claimNow(job);
      if (own.state === 'merged') return this.writeNow({ state: 'claimed', job: own.job });
      return own.state === 'announced' ? this.writeNow({ ...own, state: 'claimed' }) : this.claimNow(job);
    });
  }

  /** The record of a job's event, where there is one; makes none. */
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

  /** The cut is over, whatever came of it: from now on the record says what may happen. */
  unseal({ clipId }: ClipPlace): void {
    this.sealed.delete(clipId);
  }

  /** Writes how far a clip got. Events that became part of it meanwhile stay part of it. */
  write(record: ClipRecord): Promise<ClipRecord> {
    return this.inTurn(() => this.writeNow(this.withMembers(record)));
  }

  /**
   * Writes the end of a clip whose events were all told. It stays open where others became part of it meanwhile: they
   * are to be told first.
   */
  close(record: ClipRecord): Promise<{ isClosed: boolean; record: ClipRecord }> {
    return this.inTurn(async () => {
      const latest = this.withMembers(record);
      if (latest !== record) return { isClosed: false, record: latest };
      return { isClosed: true, record: await this.writeNow(record) };
    });
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

  /** Where the wanted footage ends of the clip on its way that should have been there first. */
  get oldestEndMs(): number | undefined {
    return this.open.size === 0 ? undefined : smallestOf([...this.open.values()].map(({ endMs }) => endMs));
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

  /** Reads what earlier processes left, the newest days first, and removes what they left half-made. */
  async takeStock(): Promise<void> {
    await this.folder.removeLeftovers();
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
    return this.turns.take('clips', work);
  }

  private async writeNow(record: ClipRecord): Promise<ClipRecord> {
    await this.folder.write(record);
    return this.follow(record);
  }

  private withMembers(record: ClipRecord): ClipRecord {
    const { members = [] } = this.open.get(record.job.clipId) ?? {};
    return members.length > (record.members?.length ?? 0) ? { ...record, members: [...members] } : record;
  }

  private async findOwn(job: ClipJob): Promise<ClipRecord | undefined> {
    return (await this.find(suffixed(job))) ?? (await this.find(job)) ?? (await this.findKnown(job));
  }

  private async claimNow(job: ClipJob): Promise<ClipRecord> {
    const found = await this.findOwn(job);
    if (found && found.state !== 'merged') return this.follow(found);
    const into = found?.mergedInto === undefined ? undefined : await this.folder.read({ clipId: found.mergedInto });
    if (into && lists(into, job.identity)) return this.follow(into);
    const taken = !found && (await this.folder.read(job)) !== undefined;
    return this.place(found?.job ?? (taken ? suffixed(job) : job));
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
    if (!host) return this.writeNow({ state: 'claimed', job });
    const { record, window } = host;
    // The event's own record goes first: a clip that lists an event without a record would lose it.
    await this.folder.write({ state: 'merged', job, mergedInto: record.job.clipId });
    const { clipId, identity } = job;
    // A request may want a little more than a clip has that grows no more: the window stays as it was cut.
    return this.writeNow({
      ...record,
      members: [...(record.members ?? []), { clipId, identity, ...within(job, window) }],
    });
  }

  private async hostOf(job: ClipJob): Promise<Host | undefined> {
    const clips = Array.from(this.open.values(), (clip) => ({
      ...clip,
      mayGrow: clip.mayGrow && !this.sealed.has(clip.clipId),
    }));
    if (isByHand(job)) return this.shared.onItsWay(job, clips);
    if (this.config.CLIP_MERGE === 'off') return undefined;
    const fits = (clip: OpenClip): boolean =>
      clip.cameraId === job.cameraId &&
      !clip.byHand &&
      clip.mayGrow &&
      clip.startMs < job.endMs &&
      job.startMs < clip.endMs &&
      Math.max(clip.endMs, job.endMs) - Math.min(clip.startMs, job.startMs) <= this.config.CLIP_MAX_SECONDS * 1000 &&
      clip.members.length < MEMBERS_LIMIT;
    const [host] = clips.filter(fits).sort((a, b) => a.startMs - b.startMs);
    const record = host && (await this.folder.read(host));
    return record?.state === 'claimed'
      ? { record, window: clipWindow({ job: clipWindow(record), members: [job] }) }
      : undefined;
  }

  /** Called with every record that is read or written, so that a stale reading does not last. */
  private follow(record: ClipRecord): ClipRecord {
    const { cameraId, clipId, startMs, endMs } = record.job;
    if (isOpen(record)) {
      const [mayGrow, byHand] = [record.state === 'claimed', isByHand(record.job)];
      this.open.set(clipId, {
        cameraId,
        clipId,
        mayGrow,
        byHand,
        own: { startMs, endMs },
        ...clipWindow(record),
        members: record.members ?? [],
      });
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

function isByHand({ clipId }: ClipPlace): boolean {
  return !clipIdParts(clipId).isEvent;
}

/** The job under the name that it gets where its own is taken. */
function suffixed(job: ClipJob): ClipJob {
  return { ...job, clipId: suffixedClipId(job.clipId, job.identity) };
}
