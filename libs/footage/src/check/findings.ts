/**
 * What the truth check can find. The list is closed: docs/operations.md says what each kind is and how it is handled.
 */
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
  /** Where it was when it was found. `repair` says where it went. */
  path: string;
  wanted: string;
  found: string;
  repaired: boolean;
  /** What was done. Where a repair was asked for and not done, it says why. */
  repair?: string;
}

/** A finding before any repair. */
export type Fault = Pick<Finding, 'kind' | 'wanted' | 'found'>;

export interface CameraGap {
  cameraId: string;
  startMs: number;
  endMs: number;
  reason: GapReason;
}

interface FootageTotals {
  cameras: number;
  segments: number;
  /** The open ones among them, of a living recorder. */
  openSegments: number;
  sizeBytes: number;
  /** Within the range that was asked for. */
  footageMs: number;
  gapMs: number;
  findings: number;
  repaired: number;
  /** Files in quarantine. They are no finding: they belong there until a person has looked at them. */
  quarantined: number;
}

export interface FootageReport {
  findings: Finding[];
  /**
   * The gaps between the segments, sorted by camera and time. A gap without a line gets its reason from gap.json, or
   * else `unknown`.
   */
  gaps: CameraGap[];
  totals: FootageTotals;
}

/** `repair` of a finding that no rule can decide. */
export const NOT_REPAIRED = 'nothing: a person must decide what is right here';

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
