/**
 * A slip of the pen in RETENTION_DAYS must not empty a camera. Where age would take more than half of what a camera has
 * of a kind, one pass only announces it. A later pass does it, if the rule is still the same.
 */
export interface Announcement {
  /** Kind and camera, as in `footage cam_1`. */
  group: string;
  /** The retention in force at the announcement. Another retention is announced anew. */
  rule: string;
  announcedMs: number;
}

export interface AgedGroup {
  group: string;
  rule: string;
  total: number;
  expired: number;
}

/**
 * A full disk wakes passes within seconds of each other. This wait gives somebody the time to read the announcement.
 */
export const SECOND_LOOK_MS = 300_000;

/** Which groups have to wait, and what the next pass must know. */
export function lookAgain(
  groups: Iterable<AgedGroup>,
  before: readonly Announcement[],
  nowMs: number,
): { waiting: Set<string>; announced: Announcement[] } {
  const waiting = new Set<string>();
  const announced: Announcement[] = [];
  for (const { group, rule, total, expired } of groups) {
    const earlier = before.find((one) => one.group === group && one.rule === rule && one.announcedMs <= nowMs);
    // An announced group waits its full time, even if a full disk has taken some of it meanwhile.
    if (expired === 0 || (expired * 2 <= total && !earlier)) continue;
    announced.push(earlier ?? { group, rule, announcedMs: nowMs });
    if (!earlier || nowMs - earlier.announcedMs < SECOND_LOOK_MS) waiting.add(group);
  }
  return { waiting, announced };
}
