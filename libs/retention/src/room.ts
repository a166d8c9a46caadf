/**
 * Gives room to the makers of clips and snapshots, within their budget (budgets.ts) and below the high mark of the
 * disk. It adds up its own folders, so that it needs no janitor to know that there is no more room. It reads in the
 * janitor's file whether room will be made.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { bytesText, largestOf, toSeconds, type Clock } from '@vr/base';
import { ContractError, type BudgetView } from '@vr/contracts';
import { BY_HAND_PART, budgetBytes } from './budgets';
import { readBudgets, removeRoomWanted, writeRoomWanted } from './budget-files';
import { FolderBytes } from './folder-bytes';
import { overHighMark } from './marks';
import { sum } from './sum';
import { readSpace } from './volume';

/** There is no room now. Events wait. A request by hand is refused where no room will be made. */
export class NoRoomError extends ContractError {
  constructor(message: string) {
    super('storage_unavailable', message, { retryAfterMs: RETRY_MS });
  }
}

interface Shortage {
  /** A sentence. */
  why: string;
  /** How many bytes are missing. */
  bytes: number;
}

/** What the janitor saw last. There is a `view` only while it is at work. */
interface JanitorView {
  isAlive: boolean;
  lookedMs: number;
  view: BudgetView | undefined;
}

export interface RoomOptions {
  what: 'clips' | 'snapshots';
  /** CLIPS_DIR or SNAPSHOTS_DIR. The request for room lies there, too. */
  folder: string;
  /** The trees {camera}/{day}/ of the local object store. */
  objectFolders: readonly string[];
  recordingsDir: string;
  /** CLIPS_MAX_GB or SNAPSHOTS_MAX_GB. */
  maxGb: number | undefined;
  highPercent: number;
  minFreeGb: number;
  clock: Clock;
}

const RETRY_MS = 60_000;
/** A sum is true for so long, because the janitor deletes and records grow. */
const MEASURE_EVERY_MS = 300_000;
/** Before room is refused, it is added up anew, unless that was just done. */
const MEASURED_JUST_NOW_MS = 1000;
/** The janitor passes every ten minutes, so one that was silent for longer is not at work. */
const JANITOR_ALIVE_MS = 900_000;
/** A maker that still wants room asks again within this time. */
const DENIED_FOR_MS = 120_000;
const BYTES_PER_GB = 1e9;
const LOOK_AGAIN_MS = 250;

export class Room {
  private readonly trees: FolderBytes[];
  private measured: { bytes: number; atMs: number } | undefined;
  private measuring: Promise<void> | undefined;
  /** What was added since the last measurement. */
  private addedBytes = 0;
  /** What is being written or still to be written, by the name of its writer. */
  private readonly taken = new Map<string, number>();
  /** Who was lately refused room, and how much. */
  private readonly denied = new Map<string, { bytes: number; atMs: number; why: string }>();
  /** When something was last made that may go later. */
  private changedMs = -Infinity;

  constructor(private readonly o: RoomOptions) {
    this.trees = [o.folder, ...o.objectFolders].map((root) => new FolderBytes(root, o.clock));
  }

  /**
   * Takes room for `bytes` under a name of the caller's. Throws NoRoomError after it has asked the janitor for room.
   */
  async take(name: string, bytes: number): Promise<void> {
    const shortage = await this.shortageOf(bytes);
    if (shortage) {
      this.denied.set(name, { bytes, atMs: this.o.clock.monotonicMs(), why: shortage.why });
      await this.askForRoom(bytes);
      throw new NoRoomError(shortage.why);
    }
    this.taken.set(name, (this.taken.get(name) ?? 0) + bytes);
    if (this.denied.delete(name) && this.deniedBytes().length === 0)
      await removeRoomWanted(this.o.folder).catch(() => undefined);
  }

  /** The same, but it waits as long as room may still be made. */
  async takeSoon(name: string, bytes: number, patienceMs: number): Promise<void> {
    const untilMs = this.o.clock.monotonicMs() + patienceMs;
    for (;;) {
      try {
        return await this.take(name, bytes);
      } catch (error) {
        if (!(error instanceof NoRoomError) || this.o.clock.monotonicMs() >= untilMs) throw error;
        await this.checkMayBeMade(await this.viewOfJanitor());
        await wait(LOOK_AGAIN_MS);
      }
    }
  }

  /** Tells that `bytes` of the taken room lie on the disk now. `stillBytes` are still to come. */
  wrote(name: string, bytes: number, stillBytes = 0): void {
    this.addedBytes += bytes;
    this.changedMs = this.o.clock.nowMs();
    if (stillBytes > 0) this.taken.set(name, stillBytes);
    else this.taken.delete(name);
  }

  giveBack(name: string): void {
    this.taken.delete(name);
  }

  /**
   * Throws NoRoomError where there is no room and none will be made, so that no request by hand waits in vain. It also
   * throws where too much of what was asked for by hand may not go, as when it is protected. Then the rest of the
   * budget is for events.
   */
  async checkByHand(): Promise<void> {
    const seen = await this.viewOfJanitor();
    const { held_by_hand_bytes: held = 0, budget_bytes: budget = Infinity } = seen.view ?? {};
    if (held > budget * BY_HAND_PART) {
      const why =
        `${this.o.what} that were asked for by hand take ${bytesText(held)} and may not go, more than half ` +
        `of their budget (${bytesText(budget)}): the rest is for events`;
      throw new NoRoomError(`${why}; lift protections, or wait until the object store has them`);
    }
    await this.checkMayBeMade(seen);
  }

  private async checkMayBeMade({ view, isAlive, lookedMs }: JanitorView): Promise<void> {
    const bytes = largestOf([1, ...this.deniedBytes()]);
    const shortage = await this.shortageOf(bytes);
    if (!shortage) return;
    const mayBeMade = !view || (view.spare_bytes >= shortage.bytes && view.unmet_bytes === 0);
    // What is being made now may go next. So may what was made since the janitor looked.
    if (isAlive && (mayBeMade || this.taken.size > 0 || this.changedMs > lookedMs)) return;
    throw new NoRoomError(`${shortage.why}, ${whatHolds(view)}`);
  }

  private async viewOfJanitor(): Promise<JanitorView> {
    const budgets = await readBudgets(this.o.recordingsDir);
    const lookedMs = (budgets?.at ?? -Infinity) * 1000;
    const isAlive = this.o.clock.nowMs() - lookedMs < JANITOR_ALIVE_MS;
    return { isAlive, lookedMs, view: isAlive ? budgets?.[this.o.what] : undefined };
  }

  /**
   * All requests together ask for no more than the budget. If the disk takes no request, it is full, and the janitor is
   * at work already.
   */
  private async askForRoom(bytes: number): Promise<void> {
    const maxBytes = (await this.maxBytes()) ?? Infinity;
    const wanted = this.takenBytes + sum(this.deniedBytes());
    const request = { at: toSeconds(this.o.clock.nowMs()), wanted_bytes: Math.max(bytes, Math.min(wanted, maxBytes)) };
    await writeRoomWanted(this.o.folder, request).catch(() => undefined);
  }

  /** A sentence for a person, while something waits for room. */
  get trouble(): string | undefined {
    const waiting = this.deniedBytes().length;
    const last = [...this.denied.values()].at(-1);
    return last && `${waiting} ${waiting === 1 ? 'waits' : 'wait'} for room: ${last.why}`;
  }

  private deniedBytes(): number[] {
    const sinceMs = this.o.clock.monotonicMs() - DENIED_FOR_MS;
    for (const [name, { atMs }] of this.denied) if (atMs < sinceMs) this.denied.delete(name);
    return Array.from(this.denied.values(), ({ bytes }) => bytes);
  }

  private async shortageOf(bytes: number): Promise<Shortage | undefined> {
    return (await this.overBudget(bytes)) ?? (await this.overMark(bytes));
  }

  private async overBudget(bytes: number): Promise<Shortage | undefined> {
    const maxBytes = await this.maxBytes();
    if (maxBytes === undefined) return undefined; // there is no folder yet: the first writer makes it
    await this.measure(MEASURE_EVERY_MS);
    const missing = (): number => this.usedBytes + this.takenBytes + bytes - maxBytes;
    if (missing() > 0) await this.measure(MEASURED_JUST_NOW_MS);
    if (missing() <= 0) return undefined;
    const { what } = this.o;
    const used =
      `${what} take ${bytesText(this.usedBytes + this.takenBytes)} of their ${bytesText(maxBytes)} ` +
      `(${what === 'clips' ? 'CLIPS_MAX_GB' : 'SNAPSHOTS_MAX_GB'})`;
    const why =
      bytes > maxBytes
        ? `${used}: one of ${bytesText(bytes)} never fits`
        : `there is no room for ${bytesText(bytes)} more: ${used}`;
    return { why, bytes: missing() };
  }

  /** The room above the high mark is for recording alone. */
  private async overMark(bytes: number): Promise<Shortage | undefined> {
    const space = await readSpace(this.o.folder);
    if (!space) return undefined;
    const { highPercent, minFreeGb, folder } = this.o;
    const more = this.takenBytes + bytes;
    const missing = overHighMark(
      { usedBytes: space.usedBytes + more, freeBytes: space.freeBytes - more },
      { highPercent, minFreeBytes: minFreeGb * BYTES_PER_GB },
    );
    if (missing <= 0) return undefined;
    const totalBytes = space.usedBytes + space.freeBytes;
    const why =
      `the disk of ${folder} is too full for ${bytesText(bytes)} more: ${bytesText(space.usedBytes)} of ` +
      `${bytesText(totalBytes)} are used, and what is above its high mark is for recording`;
    return { why, bytes: missing };
  }

  private async maxBytes(): Promise<number | undefined> {
    return budgetBytes(this.o.maxGb, this.o.maxGb === undefined ? await readSpace(this.o.folder) : undefined);
  }

  private async measure(olderThanMs: number): Promise<void> {
    if (this.measured && this.o.clock.monotonicMs() - this.measured.atMs < olderThanMs) return;
    this.measuring ??= this.addUp().finally(() => (this.measuring = undefined));
    await this.measuring;
  }

  private async addUp(): Promise<void> {
    const before = this.addedBytes;
    const atMs = this.o.clock.monotonicMs();
    const bytes = await Promise.all(this.trees.map((tree) => tree.sum()));
    this.measured = { bytes: sum(bytes), atMs };
    this.addedBytes -= before; // the sum may have missed what came meanwhile
  }

  private get usedBytes(): number {
    return (this.measured?.bytes ?? 0) + this.addedBytes;
  }

  private get takenBytes(): number {
    return sum(this.taken.values());
  }
}

function whatHolds(view: BudgetView | undefined): string {
  if (!view) return 'and no janitor is at work to make room';
  const held = [
    view.not_uploaded_bytes > 0 && `${bytesText(view.not_uploaded_bytes)} wait for the object store`,
    view.protected_bytes > 0 && `${bytesText(view.protected_bytes)} are protected`,
  ].filter((part) => part !== false);
  const why = held.length > 0 ? held.join(', ') : 'the rest are clips and snapshots that are being made';
  return `and nothing more may go to make room (${why})`;
}
