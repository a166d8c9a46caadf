import { invalidField } from './payload';

/** A clock may be this far ahead. What a clock says beyond it is nonsense. */
const FUTURE_LIMIT_MS = 3_600_000;

/** Throws `invalid_payload` where a field's instant lies too far ahead of now. */
export function checkAhead(field: string, aheadMs: number): void {
  if (aheadMs <= FUTURE_LIMIT_MS) return;
  throw invalidField(field, `wanted at most 1 hour (3600 s) ahead of now, got ${aheadMs / 1000} s`);
}
