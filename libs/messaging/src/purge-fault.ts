/**
 * GHSA-fhg8-qxh5-7q3w: a nats-server before 2.10.27, or 2.11 before 2.11.1, does not ask who calls some of JetStream's
 * administration (`$JS.API.ACCOUNT.PURGE.*` and others). An acknowledgement that the server itself sends there, because
 * a publisher named it as his reply subject, removes every stream. Our own stream therefore acknowledges to nobody; a
 * stranger's stream may.
 */
const MENDED = [
  [2, 10, 27],
  [2, 11, 1],
] as const;

/** Of versions as `INFO` says them, like `2.9.10` or `2.11.0-preview.2`. One that says none is not judged. */
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
