import type { LifecycleRule } from 'minio';

const EXPIRE_ID = 'video-recorder-expire';
const INCOMPLETE_ID = 'video-recorder-incomplete-uploads';

export function isOurRule(rule: Pick<LifecycleRule, 'ID'>): boolean {
  return rule.ID === EXPIRE_ID || rule.ID === INCOMPLETE_ID;
}

/** Our rules, best first: MinIO refuses the abort of incomplete uploads as a rule, because it always does that itself. */
export function expiryRules(expireDays: number): LifecycleRule[][] {
  const all = { Status: 'Enabled', Filter: { Prefix: '' } };
  const expire: LifecycleRule = { ID: EXPIRE_ID, ...all, Expiration: { Days: wholeDays(expireDays) } };
  const incomplete: LifecycleRule = { ID: INCOMPLETE_ID, ...all, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } };
  return [[expire, incomplete], [expire]];
}

/** Whether rules as a server gives them back hold our expiry, enabled, after exactly as many days. */
export function isInForce(rules: readonly Partial<LifecycleRule>[], expireDays: number): boolean {
  return rules.some((rule) => rule.ID === EXPIRE_ID && rule.Status === 'Enabled' && Number(rule.Expiration?.Days) === wholeDays(expireDays));
}

/** S3 counts in whole days, from one up. */
function wholeDays(days: number): number {
  return Math.max(1, Math.ceil(days));
}
