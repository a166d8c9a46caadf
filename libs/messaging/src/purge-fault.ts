/**
 * GHSA-fhg8-qxh5-7q3w: a nats-server before 2.10.27, or 2.11 before 2.11.1, does not check who calls some of
 * JetStream's administration (`$JS.API.ACCOUNT.PURGE.*` and others). A publisher can name such a subject as his reply
 * subject. The server's own acknowledgement then goes there and removes every stream. So our own stream acknowledges to
 * nobody. A stranger's stream may.
 */
const MENDED = [
  [2, 10, 27],
  [2, 11, 1],
] as const;

/** Judges versions as `INFO` says them, like `2.9.10` or `2.11.0-preview.2`. No version means no judgement. */
export function hasPurgeFault(version: string): boolean {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)(-)?/.exec(version);
  if (!parts) return false;
  const [major, minor, patch] = parts.slice(1, 4).map(Number);
  if (major === undefined || minor === undefined || patch === undefined) return false;
  if (major !== 2) return major < 2;
  const mended = MENDED.find(([, mendedMinor]) => mendedMinor === minor);
  if (!mended) return minor < 10;
  return patch < mended[2] || (patch === mended[2] && parts[4] !== undefined);
}

export const PURGE_FAULT_ADVICE =
  'anybody who may call JetStream can delete all its streams (GHSA-fhg8-qxh5-7q3w): run nats-server 2.10.27, ' +
  '2.11.1 or newer';
