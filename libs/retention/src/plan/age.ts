/** Finds and takes what is past its retention. */
import { DAY_MS } from '@vr/base';
import { segmentsOf, type FootageDay, type StoredSegment } from '../footage-days';
import { retentionMs } from '../rules';
import type { RetentionRules, StoredItem, StoredKind } from '../stored';
import type { Draft } from './draft';
import type { AgedGroup } from './second-look';

/** What one camera has of one kind that is past its retention and may go. */
export interface Aged<P> extends AgedGroup {
  days: FootageDay[];
  items: StoredItem<P>[];
}

export function findAged<P>(draft: Draft<P>): Aged<P>[] {
  const { nowMs, rules, footage, items } = draft.input;
  const groups = new Map<string, Aged<P>>();
  const groupOf = (kind: StoredKind, cameraId: string): Aged<P> => {
    const group = `${kind} ${cameraId}`;
    const rule = ruleText(rules, kind, cameraId);
    const known = groups.get(group) ?? { group, rule, total: 0, expired: 0, days: [], items: [] };
    groups.set(group, known);
    return known;
  };
  for (const day of footage) {
    const { cameraId, closed } = day;
    const group = groupOf('footage', cameraId);
    group.total += closed.length;
    // If the first segment is young, all are.
    if (nowMs - closed.startMs < retentionMs(rules, 'footage', cameraId)) continue;
    const expired = segmentsOf(day).filter((segment) => mayGoByAge(draft, segment)).length;
    group.expired += expired;
    if (expired > 0) group.days.push(day);
  }
  for (const item of items) {
    if (item.tree === 'objects') continue; // the pass over the objects judges its age
    const group = groupOf(item.kind, item.cameraId);
    group.total += 1;
    const isAged = nowMs - item.agedFromMs >= retentionMs(rules, item.kind, item.cameraId);
    if (isAged && !draft.stock.isHeld(item)) group.items.push(item);
  }
  for (const group of groups.values()) group.expired += group.items.length;
  return [...groups.values()];
}

/**
 * All of it goes, so only the days have an order: the oldest first, in case there is more than one pass may delete. A
 * camera's segments of a day follow each other, because whoever deletes looks at each of their folders anew.
 */
export function takeAged<P>(draft: Draft<P>, groups: readonly Aged<P>[]): void {
  const days = groups.flatMap((group) => group.days).sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  for (const day of days) {
    for (const segment of segmentsOf(day)) {
      if (draft.isFull) return;
      if (mayGoByAge(draft, segment)) draft.takeSegment(segment, 'age');
    }
  }
  for (const day of draft.input.footage) takeNotes(draft, day);
  for (const item of groups.flatMap(({ items }) => items).sort((a, b) => a.agedFromMs - b.agedFromMs))
    draft.takeItem(item, 'age', 'all');
}

/** A day's gaps.jsonl goes when three things are past retention: the day, its last gap and its last segment. */
function takeNotes<P>(draft: Draft<P>, day: FootageDay): void {
  const { cameraId, notes, open } = day;
  if (!notes || open.length > 0 || !draft.isEmptied(day)) return;
  const agedFromMs = Math.max(Date.parse(day.day) + DAY_MS, notes.modifiedMs);
  const { nowMs, rules } = draft.input;
  if (nowMs - agedFromMs >= retentionMs(rules, 'footage', cameraId)) draft.takeNotes(day, notes.sizeBytes);
}

function mayGoByAge<P>(draft: Draft<P>, segment: StoredSegment): boolean {
  const { nowMs, rules } = draft.input;
  const { cameraId, startMs, endMs } = segment;
  const ageMs = nowMs - endMs;
  if (ageMs < retentionMs(rules, 'footage', cameraId)) return false;
  if (ageMs < rules.eventFootageMs && draft.holds.hasEvent(cameraId, startMs, endMs)) return false;
  return !draft.isHeld(segment);
}

function ruleText(rules: RetentionRules, kind: StoredKind, cameraId: string): string {
  const days = `${retentionMs(rules, kind, cameraId) / DAY_MS} days`;
  return kind === 'footage' ? `${days}, ${rules.eventFootageMs / DAY_MS} with events` : days;
}
