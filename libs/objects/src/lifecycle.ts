import type { LifecycleRule } from 'minio';

/** The rule of versions that knew only one node in a bucket. It covers the whole bucket. */
const OLD_EXPIRE_ID = 'video-recorder-expire';
/** This rule is the same for all nodes. */
const INCOMPLETE_ID = 'video-recorder-incomplete-uploads';

/** The objects that a rule is for. */
export interface RuleScope {
  nodeId: string;
  /** The prefix of the keys: empty for the whole bucket, else `site1/`. */
  prefix: string;
}

type Rule = Partial<LifecycleRule>;

/**
 * All rules of the bucket as they should be, best first. MinIO refuses a rule that aborts incomplete uploads, because
 * it always does that itself. Rules of others stay, those of other nodes too. Where ours covers the whole bucket, it
 * takes the place of an older version's rule for the whole bucket. Elsewhere that rule stays for the objects from
 * before the prefix. It then lasts at least as long as ours, so that it ends no object of ours early.
 */
export function expiryRules(existing: readonly Rule[], scope: RuleScope, expireDays: number): LifecycleRule[][] {
  const others = existing.filter(
    ({ ID }) => ID !== ruleId(scope) && ID !== INCOMPLETE_ID && ID !== OLD_EXPIRE_ID,
  ) as LifecycleRule[];
  const old = scope.prefix === '' ? undefined : existing.find(({ ID }) => ID === OLD_EXPIRE_ID);
  const kept = old ? [...others, expireRule(OLD_EXPIRE_ID, '', Math.max(daysOf(old), wholeDays(expireDays)))] : others;
  const own = expireRule(ruleId(scope), scope.prefix, wholeDays(expireDays));
  const incomplete: LifecycleRule = {
    ID: INCOMPLETE_ID,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  };
  return [
    [...kept, own, incomplete],
    [...kept, own],
  ];
}

/**
 * Whether the rules that a server returns hold our expiry: enabled, for our objects, after exactly as many days, and
 * with nothing old in its way.
 */
export function isInForce(rules: readonly Rule[], scope: RuleScope, expireDays: number): boolean {
  const days = wholeDays(expireDays);
  const own = rules.find(({ ID }) => ID === ruleId(scope));
  const old = rules.find(({ ID }) => ID === OLD_EXPIRE_ID);
  const isOwn = own?.Status === 'Enabled' && daysOf(own) === days && prefixOf(own) === scope.prefix;
  return isOwn && (!old || (scope.prefix !== '' && daysOf(old) >= days));
}

/** Finds another party's rule that ends objects of ours before their time. */
export function soonerRule(
  rules: readonly Rule[],
  scope: RuleScope,
  expireDays: number,
): { id: string; days: number } | undefined {
  const others = rules.filter(
    (rule) => rule.ID !== ruleId(scope) && rule.Status === 'Enabled' && scope.prefix.startsWith(prefixOf(rule)),
  );
  const [soonest] = others.filter((rule) => daysOf(rule) < wholeDays(expireDays)).sort((a, b) => daysOf(a) - daysOf(b));
  return soonest && { id: soonest.ID ?? 'one without a name', days: daysOf(soonest) };
}

/**
 * Each node and prefix has its own id, and neither holds a colon. A node that changes its prefix leaves its old rule
 * for the objects below the old prefix.
 */
function ruleId({ nodeId, prefix }: RuleScope): string {
  return [OLD_EXPIRE_ID, nodeId, ...(prefix === '' ? [] : [prefix.slice(0, -1)])].join(':');
}

function expireRule(id: string, prefix: string, days: number): LifecycleRule {
  return { ID: id, Status: 'Enabled', Filter: { Prefix: prefix }, Expiration: { Days: days } };
}

/** It is Infinity where the rule expires nothing. */
function daysOf({ Expiration: expiration }: Rule): number {
  const days = Number(expiration?.Days);
  return Number.isFinite(days) ? days : Infinity;
}

/** Servers omit an empty prefix, or write it in the rule itself, as S3 once did. */
function prefixOf({ Filter: filter, Prefix: older }: Rule & { Prefix?: unknown }): string {
  const found: unknown = typeof filter === 'object' ? filter.Prefix : older;
  return typeof found === 'string' ? found : '';
}

/** S3 counts in whole days, from one up. */
function wholeDays(days: number): number {
  return Math.max(1, Math.ceil(days));
}
