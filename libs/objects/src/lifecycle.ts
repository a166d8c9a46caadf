import type { LifecycleRule } from 'minio';

const EXPIRE_ID = 'video-recorder-expire';
const INCOMPLETE_ID = 'video-recorder-incomplete-uploads';

export function isOurRule(rule: Pick<LifecycleRule, 'ID'>): boolean {
  return rule.ID === EXPIRE_ID || rule.ID === INCOMPLETE_ID;
}

/** Our rules, best first: MinIO refuses the abort of incomplete uploads as a rule, because it always does that itself. */
export function expiryRules(expireDays: number): LifecycleRule[][] {
  const all = { Status: 'Enabled', Filter: { Prefix: '' } };
  const expire: LifecycleRule = { ID: EXPIRE_ID, ...all, Expiration: { Days: Math.max(1, Math.ceil(expireDays)) } };
  const incomplete: LifecycleRule = { ID: INCOMPLETE_ID, ...all, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } };
  return [[expire, incomplete], [expire]];
}
