import type { SourceFields } from './payload';

/** We keep this much of an event beside its clip and its snapshot: no picture, and no list of all detections. */
export const SOURCE_LIMIT_BYTES = 64 * 1024;

/** The fields that mean something to us. Each is short where it holds what it should. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['camera_id', 'camera', 'timestamp', 'start', 'end', 'end_timestamp', 'expires'],
  ...['event_id', 'event_type', 'request_id', 'reason', 'by', 'pre_seconds', 'post_seconds'],
]);
const encoder = new TextEncoder();
const BRACES_BYTES = 2;
/** Counts the colon and the comma. */
const SIGNS_BYTES = 2;

export interface KeptSource {
  source: SourceFields;
  /** Whether a field was left out. */
  truncated: boolean;
}

/**
 * The fields of an event that we keep: as JSON at most `limitBytes`. The known ones come first. Then the others follow,
 * the smallest first, as long as they fit. A field is kept whole or not at all. A field that JSON cannot write (nested
 * thousands deep) is left out.
 */
export function keepSource(source: SourceFields, limitBytes = SOURCE_LIMIT_BYTES): KeptSource {
  const fields = Object.entries(source).map(([name, value]) => ({
    name,
    isKnown: KNOWN.has(name),
    sizeBytes: sizeOf(name, value),
  }));
  fields.sort((a, b) => Number(b.isKnown) - Number(a.isKnown) || a.sizeBytes - b.sizeBytes);
  const kept = new Set<string>();
  let leftBytes = limitBytes - BRACES_BYTES;
  for (const { name, sizeBytes } of fields) {
    if (sizeBytes > leftBytes) continue;
    leftBytes -= sizeBytes;
    kept.add(name);
  }
  if (kept.size === fields.length) return { source, truncated: false };
  return { source: Object.fromEntries(Object.entries(source).filter(([name]) => kept.has(name))), truncated: true };
}

function sizeOf(name: string, value: unknown): number {
  try {
    return (
      encoder.encode(JSON.stringify(name) + ((JSON.stringify(value) as string | undefined) ?? '')).length + SIGNS_BYTES
    );
  } catch {
    return Infinity;
  }
}
