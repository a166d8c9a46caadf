/** What the truth check can find. A closed list: docs/operations.md says what each is and what is done about it. */
import type { GapReason } from '@vr/contracts';

export const FINDING_KINDS = [
  // names against contents
  'start_wrong',
  'duration_wrong',
  'day_folder_wrong',
  'camera_folder_wrong',
  // continuity
  'overlap',
  'gap_missing',
  'gap_over_footage',
  // boxes
  'init_broken',
  'fragments_none',
  'box_unexpected',
  'torn_tail',
  'key_frame_missing',
  'time_hole',
  'time_backwards',
  'producer_time_wrong',
  // indexes
  'index_missing',
  'index_wrong',
  // the folder
  'segment_abandoned',
  'gap_line_torn',
  'gap_line_invalid',
  'file_unknown',
  'file_unreadable',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  kind: FindingKind;
  /** Absent for what lies outside every camera's folder. */
  cameraId?: string;
  /** As it was when it was found; `repair` says where it went. */
  path: string;
  wanted: string;
  found: string;
  repaired: boolean;
  /** What was done; or, where a repair was asked for, why nothing was. */
  repair?: string;
}

/** A finding that nothing was done about yet. */
export type Fault = Pick<Finding, 'kind' | 'wanted' | 'found'>;

export interface CameraGap {
  cameraId: string;
  startMs: number;
  endMs: number;
  reason: GapReason;
}

export interface FootageTotals {
  cameras: number;
  segments: number;
  /** Of these: open, by a recorder that lives. */
  openSegments: number;
  sizeBytes: number;
  /** Inside the range that was asked for. */
  footageMs: number;
  gapMs: number;
  findings: number;
  repaired: number;
  /** Files in quarantine. They are no finding: they are where they belong, until a person has looked at them. */
  quarantined: number;
}

export interface FootageReport {
  findings: Finding[];
  /**
   * What lies between the segments, sorted by camera and time; a gap whose line is missing has the reason `unknown`.
   */
  gaps: CameraGap[];
  totals: FootageTotals;
}

/** `repair` of what no rule can decide. */
export const NOT_REPAIRED = 'nothing: what is right here, a person has to decide';

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
