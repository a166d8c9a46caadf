/**
 * Decides what goes: what is stored in, deletions in their order and with their reasons out. No I/O, no clock of its
 * own.
 *
 * 1. While the machine's clock cannot be right, nothing goes (clock-guard.ts).
 * 2. What is written just now, held (holds.ts; how much of it: protected-room.ts), or has its only copy here never
 * goes.
 * 3. By age: what ended longer ago than its retention; footage of events after `eventFootageMs`, where that is longer.
 * More than
 *    half of a camera at once waits for a second look (second-look.ts).
 * 4. By quota: of a camera with a limit, its oldest footage without events, then its oldest.
 * 5. By budget: of clips and snapshots, the oldest that others were told of (budgets.ts). Never footage.
 * 6. For a writer that waits for room below the high mark: of its own kind, the oldest that others were told of. Never
 * footage.
 * 7. By space: on a disk that is still too full. First what clips and snapshots have above their share of it
 * (shares.ts). Footage goes only
 *    for what it would have to with these shares, whatever is there of clips and snapshots: the oldest without events,
 *    then the oldest. Where that is all, clips and snapshots go below their share.
 */
import { DAY_MS } from '@vr/base';
import {
  BUDGET_KINDS,
  inOrderOfWorth,
  overBudget,
  TREE_OF,
  wantedOf,
  type Budget,
  type BudgetKind,
  type BudgetUse,
} from './budgets';
import { judgeClock } from './clock-guard';
import { lookAgain, type AgedGroup } from './second-look';
import { FootageDeletion } from './footage-deletion';
import type { Holds } from './holds';
import { bytesIn, goingBytes, ItemStock } from './item-stock';
import { excessBytes, inDanger, overHighMark, type Disk } from './marks';
import { givenItems, laterRoom, protectedMostBytes, type ProtectedRoom } from './protected-room';
import { findShares, type Share, type Shares } from './shares';
import { at, shelfBytes, shelfEndMs, type FootageShelf } from './shelf';
import { inOrder } from './shelf-order';
import type {
  Deletion,
  DeletionReason,
  RetentionInput,
  RetentionPlan,
  StoredItem,
  StoredKind,
  Tree,
  Volume,
} from './stored';

const STAYS = 0;
const GOES = 1;
const HELD = 2;

export function planRetention<P>(input: RetentionInput<P>): RetentionPlan<P> {
  const newestMs = input.footage.reduce((newest, shelf) => Math.max(newest, shelfEndMs(shelf)), -Infinity);
  const { refusal, memory } = judgeClock(input.nowMs, newestMs, input.memory);
  const planner = new Planner(input);
  if (refusal !== undefined)
    return {
      ...planner.outcome(),
      refusal,
      memory: {
        ...memory,
        announced: input.memory.announced,
        ...(input.memory.shares && { shares: input.memory.shares }),
      },
    };
  const aged = planner.findAged();
  const { waiting, announced } = lookAgain(aged, input.memory.announced, input.nowMs);
  planner.takeAged(aged.filter(({ group }) => !waiting.has(group)));
  planner.takeByQuota();
  for (const budget of input.budgets ?? []) planner.takeByBudget(budget);
  for (const budget of input.budgets ?? []) planner.takeForWriter(budget);
  // What is to be done already makes room: how much is missing after it, the last of the partial plans tells.
  if (!planner.isFull) for (const volume of input.volumes) planner.makeRoom(volume);
  const waits = aged
    .filter(({ group }) => waiting.has(group))
    .map(({ group, expired, total }) => ({ group, expired, total }));
  return {
    ...planner.outcome(),
    announced: waits,
    memory: { ...memory, announced, ...(planner.rememberedShares && { shares: planner.rememberedShares }) },
  };
}

interface Aged<P> extends AgedGroup {
  /** Rows by shelf: a first pass may find half a million. */
  shelves: { shelf: FootageShelf; rows: number[] }[];
  items: StoredItem<P>[];
}

class Planner<P> {
  private readonly deletions: Deletion<P>[] = [];
  private readonly freedBytes: Record<Tree, number> = { recordings: 0, clips: 0, snapshots: 0, objects: 0 };
  private readonly heldFootage = { protected: 0, waiting_clip: 0 };
  private missingBytes = 0;
  private readonly unmetBytes = new Map<BudgetKind, number>();
  /** Of shelves that anything was decided about. */
  private readonly fates = new Map<FootageShelf, Uint8Array>();
  private readonly stock: ItemStock<P>;
  private readonly room: ProtectedRoom;
  private readonly holds: Holds;
  private readonly givenItemBytes: number;
  private readonly budgets: ReadonlyMap<BudgetKind, Budget>;
  private readonly shares: ReadonlyMap<BudgetKind, Share>;

  constructor(private readonly input: RetentionInput<P>) {
    const { holds, rules, budgets = [] } = input;
    const volume = input.volumes.find(({ trees }) => trees.includes('recordings'));
    this.room = laterRoom(input.footage, holds, volume ? protectedMostBytes(volume, rules.protectPercent) : Infinity);
    this.holds = holds.withLaterUntil(this.room.laterUntilMs);
    const given = givenItems(input.items, holds, budgets, rules.protectPercent);
    this.givenItemBytes = sum([...given].map((item) => item.sizeBytes + item.objectBytes));
    this.stock = new ItemStock(input.items, holds, given);
    this.budgets = new Map((input.budgets ?? []).map((budget) => [budget.kind, budget]));
    this.shares = findShares(input, this.stock);
  }

  outcome(): RetentionPlan<P> {
    const { deletions, missingBytes, input, isFull, heldFootage, stock } = this;
    const heldBytes = {
      protected: heldFootage.protected + stock.heldBytes.protected,
      waiting_clip: heldFootage.waiting_clip,
      not_uploaded: stock.heldBytes.not_uploaded,
    };
    const { heldToMs: fromMs, givenBytes: bytes } = this.room;
    const given = bytes > 0 ? { given: { fromMs, bytes } } : {};
    return {
      ...given,
      givenItemBytes: this.givenItemBytes,
      deletions,
      heldBytes,
      missingBytes: Math.ceil(missingBytes),
      isPartial: isFull,
      budgets: this.budgetUses(),
      announced: [],
      memory: input.memory,
    };
  }

  get isFull(): boolean {
    return this.deletions.length >= (this.input.most ?? Infinity);
  }

  findAged(): Aged<P>[] {
    const groups = new Map<string, Aged<P>>();
    const groupOf = (kind: StoredKind, cameraId: string): Aged<P> => {
      const group = `${kind} ${cameraId}`;
      const known = groups.get(group) ?? {
        group,
        rule: this.ruleText(kind, cameraId),
        total: 0,
        expired: 0,
        shelves: [],
        items: [],
      };
      groups.set(group, known);
      return known;
    };
    for (const shelf of this.input.footage) {
      const group = groupOf('footage', shelf.cameraId);
      group.total += shelf.startMs.length;
      // Sorted by start: where the first is young, all are.
      if (this.input.nowMs - (shelf.startMs[0] ?? Infinity) < this.retentionMs('footage', shelf.cameraId)) continue;
      const rows: number[] = [];
      for (let row = 0; row < shelf.startMs.length; row++)
        if (this.isAgedRow(shelf, row) && !this.isHeldRow(shelf, row)) rows.push(row);
      group.expired += rows.length;
      if (rows.length > 0) group.shelves.push({ shelf, rows });
    }
    for (const item of this.input.items) {
      if (item.tree === 'objects') continue; // its age is the business of the pass over the objects
      const group = groupOf(item.kind, item.cameraId);
      group.total += 1;
      if (this.input.nowMs - item.agedFromMs >= this.retentionMs(item.kind, item.cameraId) && !this.stock.isHeld(item))
        group.items.push(item);
    }
    for (const group of groups.values()) group.expired += group.items.length;
    return [...groups.values()];
  }

  takeAged(groups: readonly Aged<P>[]): void {
    for (const { shelf, row } of inOrder(groups.flatMap((group) => group.shelves))) {
      if (this.isFull) return;
      this.takeRow(shelf, row, 'age');
    }
    for (const shelf of this.input.footage) this.takeNotes(shelf);
    for (const item of groups.flatMap((group) => group.items).sort((a, b) => a.agedFromMs - b.agedFromMs))
      this.takeItem(item, 'age', 'all');
  }

  /** The open segment counts, though it stays. */
  takeByQuota(): void {
    for (const [cameraId, maxBytes] of this.input.rules.maxBytesByCamera) {
      const shelves = this.input.footage.filter((shelf) => shelf.cameraId === cameraId);
      const gone = this.deletions.filter((deletion) => deletion.kind === 'footage' && deletion.cameraId === cameraId);
      this.takeFootage(
        shelves,
        sum(shelves.map(shelfBytes)) - sum(gone.map(({ sizeBytes }) => sizeBytes)) - maxBytes,
        'quota',
      );
    }
  }

  takeByBudget(budget: Budget): void {
    this.takeItems(budget.kind, overBudget(budget, this.stock.bytes(budget.kind)), {
      reason: 'budget',
      maxBytes: budget.maxBytes,
    });
  }

  takeForWriter(budget: Budget): void {
    const { kind, maxBytes } = budget;
    const volume = this.input.volumes.find(({ trees }) => trees.includes(TREE_OF[kind]));
    const wantedBytes = wantedOf(budget);
    if (!volume || wantedBytes === 0) return;
    const overMark = (): number => overHighMark(this.diskOf(volume, wantedBytes), this.input.rules);
    this.takeItems(kind, overMark(), { reason: 'space', maxBytes, trees: volume.trees });
    const ofBudget = this.stock.bytes(kind) + budget.otherBytes + wantedBytes - maxBytes;
    this.unmetBytes.set(kind, Math.max(0, ofBudget, overMark()));
  }

  makeRoom(volume: Volume): void {
    let excess = excessBytes(this.diskOf(volume), this.input.rules);
    // Where footage gives what it has to, nothing goes below its share.
    let belowShares = true;
    if (volume.trees.includes('recordings')) {
      for (const [kind, share] of this.shares) {
        const above = this.stock.bytes(kind, volume.trees) - share.bytes;
        excess -= this.takeItems(kind, Math.min(excess, above), {
          reason: 'space',
          maxBytes: share.bytes,
          trees: volume.trees,
        });
      }
      const wanted = this.footageExcess(volume);
      const left = this.takeFootage(this.input.footage, wanted, 'space');
      excess -= wanted - left;
      belowShares = left > 0;
    }
    for (const kind of belowShares ? BUDGET_KINDS : []) {
      excess -= this.takeItems(kind, excess, {
        reason: 'space',
        maxBytes: this.shares.get(kind)?.bytes ?? Infinity,
        trees: volume.trees,
      });
    }
    if (!this.isFull) this.missingBytes += Math.max(0, excess);
  }

  /** @returns what is still too much */
  private takeFootage(shelves: readonly FootageShelf[], excessBytes: number, reason: 'quota' | 'space'): number {
    let excess = excessBytes;
    for (const withEvents of [false, true]) {
      if (excess <= 0) break;
      for (const { shelf, row } of inOrder(shelves.map((shelf) => ({ shelf })))) {
        if (excess <= 0 || this.isFull) break;
        const [startMs, endMs] = [at(shelf.startMs, row), at(shelf.endMs, row)];
        if (this.fates.get(shelf)?.[row] === GOES || this.holds.hasEvent(shelf.cameraId, startMs, endMs) !== withEvents)
          continue;
        if (this.isHeldRow(shelf, row)) continue;
        this.takeRow(shelf, row, reason);
        excess -= at(shelf.sizeBytes, row);
      }
    }
    return excess;
  }

  /** What footage has to give: what would be too much if clips and snapshots had exactly their shares. */
  private footageExcess(volume: Volume): number {
    const ofKind = (kind: BudgetKind): number => this.stock.bytes(kind, volume.trees);
    const shared = this.diskOf(volume, sum([...this.shares].map(([kind, { bytes }]) => bytes - ofKind(kind))));
    // Half way from the high mark to quite full recording is in danger: then clips that cannot go count too, up to
    // their budget.
    const beyond = sum([...this.budgets.values()].map(({ kind, maxBytes }) => Math.max(0, ofKind(kind) - maxBytes)));
    return Math.max(
      excessBytes(shared, this.input.rules),
      excessBytes(this.diskOf(volume, -beyond), inDanger(this.input.rules)),
    );
  }

  /** As it is after all that was decided so far; `moreBytes`: as if so much more were used. */
  private diskOf({ trees, usedBytes, freeBytes }: Volume, moreBytes = 0): Disk {
    const change = moreBytes - sum(trees.map((tree) => this.freedBytes[tree]));
    return { usedBytes: usedBytes + change, freeBytes: freeBytes - change };
  }

  /**
   * @returns what it frees, in the trees that count. Where all that is spare is not enough for a budget, things of no
   * more use go as a whole.
   */
  private takeItems(
    kind: BudgetKind,
    wantedBytes: number,
    o: { reason: 'budget' | 'space'; maxBytes: number; trees?: readonly Tree[] },
  ): number {
    if (wantedBytes <= 0) return 0;
    const mayGo = inOrderOfWorth(this.stock.mayGo(kind), o.maxBytes);
    let wholeBytes = o.reason === 'budget' ? wantedBytes - sum(mayGo.map((item) => sum(goingBytes(item, 'spare')))) : 0;
    let freed = 0;
    for (const item of mayGo) {
      if (freed >= wantedBytes || this.isFull) break;
      const parts = wholeBytes > 0 && item.wholeMayGo ? 'all' : 'spare';
      const bytes = bytesIn(item, parts, o.trees);
      if (bytes <= 0) continue;
      if (parts === 'all') wholeBytes -= bytes - bytesIn(item, 'spare', o.trees);
      this.takeItem(item, o.reason, parts);
      freed += bytes;
    }
    if (freed < wantedBytes) this.stock.countHeld(kind);
    return freed;
  }

  private takeRow(shelf: FootageShelf, row: number, reason: DeletionReason): void {
    this.fateOf(shelf)[row] = GOES;
    this.freedBytes.recordings += at(shelf.sizeBytes, row);
    this.deletions.push(new FootageDeletion(shelf, row, reason));
  }

  /**
   * The notes on a day's interruptions go when the day, the last interruption written there and its last segment are
   * over age.
   */
  private takeNotes(shelf: FootageShelf): void {
    const { cameraId, day, notes } = shelf;
    const startMs = Date.parse(day);
    if (!notes || shelf.open.length > 0) return;
    if (this.input.nowMs - Math.max(startMs + DAY_MS, notes.modifiedMs) < this.retentionMs('footage', cameraId)) return;
    const fate = this.fates.get(shelf);
    if (shelf.startMs.length > 0 && !fate?.every((one) => one === GOES)) return;
    this.freedBytes.recordings += notes.sizeBytes;
    this.deletions.push({
      kind: 'notes',
      reason: 'age',
      cameraId,
      day,
      startMs,
      endMs: startMs + DAY_MS,
      sizeBytes: notes.sizeBytes,
    });
  }

  private takeItem(item: StoredItem<P>, reason: DeletionReason, parts: 'all' | 'spare'): void {
    const [bytes, objectBytes] = this.stock.take(item, parts);
    if (item.tree) this.freedBytes[item.tree] += bytes;
    this.freedBytes.objects += objectBytes;
    const { kind, cameraId, startMs, endMs } = item;
    this.deletions.push({ kind, reason, cameraId, startMs, endMs, sizeBytes: bytes + objectBytes, item, parts });
  }

  private isAgedRow({ cameraId, startMs, endMs }: FootageShelf, row: number): boolean {
    const ageMs = this.input.nowMs - at(endMs, row);
    if (ageMs < this.retentionMs('footage', cameraId)) return false;
    return ageMs >= this.input.rules.eventFootageMs || !this.holds.hasEvent(cameraId, at(startMs, row), at(endMs, row));
  }

  private isHeldRow(shelf: FootageShelf, row: number): boolean {
    const held = this.holds.ofFootage(shelf.cameraId, at(shelf.startMs, row), at(shelf.endMs, row));
    if (held === undefined) return false;
    const fate = this.fateOf(shelf);
    if (fate[row] === STAYS) this.heldFootage[held] += at(shelf.sizeBytes, row);
    fate[row] = HELD;
    return true;
  }

  private fateOf(shelf: FootageShelf): Uint8Array {
    const known = this.fates.get(shelf) ?? new Uint8Array(shelf.startMs.length);
    this.fates.set(shelf, known);
    return known;
  }

  private budgetUses(): BudgetUse[] {
    return [...this.budgets.values()].map(({ kind, maxBytes, otherBytes }) => {
      return {
        kind,
        maxBytes,
        usedBytes: this.stock.bytes(kind) + otherBytes,
        unmetBytes: this.unmetBytes.get(kind) ?? 0,
        ...this.stock.use(kind),
        shareBytes: this.shares.get(kind)?.bytes,
      };
    });
  }

  get rememberedShares(): Shares | undefined {
    return this.shares.size > 0 ? Object.fromEntries(this.shares) : undefined;
  }

  private retentionMs(kind: StoredKind, cameraId: string): number {
    const { rules } = this.input;
    if (kind === 'clip' || kind === 'clip_object') return rules.clipMs;
    if (kind === 'snapshot' || kind === 'snapshot_object') return rules.snapshotMs;
    return rules.footageMsByCamera.get(cameraId) ?? rules.footageMs;
  }

  private ruleText(kind: StoredKind, cameraId: string): string {
    const days = `${this.retentionMs(kind, cameraId) / DAY_MS} days`;
    return kind === 'footage' ? `${days}, ${this.input.rules.eventFootageMs / DAY_MS} with events` : days;
  }
}

function sum(bytes: readonly number[]): number {
  return bytes.reduce((total, one) => total + one, 0);
}
