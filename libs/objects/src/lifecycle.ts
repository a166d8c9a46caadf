import type { LifecycleRule } from 'minio';

/** Of versions that knew one node in a bucket: for the whole of it. */
const OLD_EXPIRE_ID = 'video-recorder-expire';
/** The same for all nodes. */
const INCOMPLETE_ID = 'video-recorder-incomplete-uploads';

/** Whose objects a rule is for. */
export interface RuleScope {
  nodeId: string;
  /** Of the keys: empty for the whole bucket, else `site1/`. */
  prefix: string;
}

type Rule = Partial<LifecycleRule>;

/**
 * All rules of the bucket as they should be, best first: MinIO refuses the abort of incomplete uploads as a rule,
 * because it always does that itself. Rules of others stay, other nodes' among them. What an older version made for the
 * whole bucket becomes ours where ours is for the whole bucket; else it stays for the objects from before the prefix,
 * and lasts at least as long as ours, so that it ends no object of ours early.
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
 * Whether rules as a server gives them back hold our expiry, enabled, for our objects, after exactly as many days, and
 * nothing old in its way.
 */
export function isInForce(rules: readonly Rule[], scope: RuleScope, expireDays: number): boolean {
  const days = wholeDays(expireDays);
  const own = rules.find(({ ID }) => ID === ruleId(scope));
  const old = rules.find(({ ID }) => ID === OLD_EXPIRE_ID);
  const isOwn = own?.Status === 'Enabled' && daysOf(own) === days && prefixOf(own) === scope.prefix;
  return isOwn && (!old || (scope.prefix !== '' && daysOf(old) >= days));
}

/** Somebody's rule that ends objects of ours before their time. */
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
 * One for each node and prefix, neither of which holds a colon: a node that changes its prefix leaves the rule for what
 * lies below the old one.
 */
function ruleId({ nodeId, prefix }: RuleScope): string {
  return [OLD_EXPIRE_ID, nodeId, ...(prefix === '' ? [] : [prefix.slice(0, -1)])].join(':');
}

function expireRule(id: string, prefix: string, days: number): LifecycleRule {
  return { ID: id, Status: 'Enabled', Filter: { Prefix: prefix }, Expiration: { Days: days } };
}

/** Infinity where the rule expires nothing. */
function daysOf({ Expiration: expiration }: Rule): number {
  const days = Number(expiration?.Days);
  return Number.isFinite(days) ? days : Infinity;
}

/** Servers leave an empty prefix out, or write it in the rule itself, as S3 once did. */
function prefixOf({ Filter: filter, Prefix: older }: Rule & { Prefix?: unknown }): string {
  const found: unknown = typeof filter === 'object' ? filter.Prefix : older;
  return typeof found === 'string' ? found : '';
}

/** S3 counts in whole days, from one up. */
function wholeDays(days: number): number {
  return Math.max(1, Math.ceil(days));
}
