import type { SourceFields } from './payload';

/** What of an event is kept beside its clip and its snapshot. A picture or a list of all that was detected is not. */
export const SOURCE_LIMIT_BYTES = 64 * 1024;

/** Those that mean something to us; each is short where it is what it should be. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['camera_id', 'camera', 'timestamp', 'start', 'end', 'end_timestamp', 'expires'],
  ...['event_id', 'event_type', 'request_id', 'reason', 'by', 'pre_seconds', 'post_seconds'],
]);
const encoder = new TextEncoder();
const BRACES_BYTES = 2;
/** The colon and the comma. */
const SIGNS_BYTES = 2;

export interface KeptSource {
  source: SourceFields;
  /** Whether something of it was left out. */
  truncated: boolean;
}

/**
 * The fields of an event that may be kept: as JSON at most `limitBytes`. The known ones come first, then the others,
 * the smallest first, as long as they fit. A field is kept whole or not at all. What JSON cannot write (nested
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
