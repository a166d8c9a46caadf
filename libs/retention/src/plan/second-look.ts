/**
 * A slip of the pen in RETENTION_DAYS must not empty a camera: where age would take more than half of what a camera has
 * of a kind, one pass announces it and only a later one, under the same rule, does it.
 */
export interface Announcement {
  /** Kind and camera, as in `footage cam_1`. */
  group: string;
  /** The retention in force when it was announced; another one is announced anew. */
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
 * Passes that a full disk wakes follow each other within seconds: somebody must have had the time to read the
 * announcement.
 */
export const SECOND_LOOK_MS = 300_000;

/** What has to wait, and what the next pass must know. */
export function lookAgain(
  groups: Iterable<AgedGroup>,
  before: readonly Announcement[],
  nowMs: number,
): { waiting: Set<string>; announced: Announcement[] } {
  const waiting = new Set<string>();
  const announced: Announcement[] = [];
  for (const { group, rule, total, expired } of groups) {
    const earlier = before.find((one) => one.group === group && one.rule === rule && one.announcedMs <= nowMs);
    // What was announced waits its time, also where a full disk has taken some of it meanwhile.
    if (expired === 0 || (expired * 2 <= total && !earlier)) continue;
    announced.push(earlier ?? { group, rule, announcedMs: nowMs });
    if (!earlier || nowMs - earlier.announcedMs < SECOND_LOOK_MS) waiting.add(group);
  }
  return { waiting, announced };
}
