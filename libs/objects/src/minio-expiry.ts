import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '@vr/base';
import type { Client, LifecycleRule } from 'minio';
import { expiryRules, isInForce, type RuleScope } from './lifecycle';
import type { MinioSession } from './minio-session';

/** Nodes that share a bucket may set their rules at the same moment. */
const RULE_ATTEMPTS = 4;
const RULE_PAUSE_MS = 200;

/**
 * Sets the expiry rule of our objects. A server keeps all rules of a bucket as one thing. So we read them, replace
 * ours, write them, and read them again, because another node may have done the same meanwhile. If a rule is lost all
 * the same, the janitor's next pass finds it. A server without such rules is no error: then the janitor deletes.
 */
export async function ensureExpiry(
  session: MinioSession,
  scope: RuleScope,
  bucket: string,
  expireDays: number,
): Promise<void> {
  const once = <T>(work: (client: Client) => Promise<T>): Promise<T | undefined> =>
    session.run({ what: 'expiry rules', bucket, attempts: 1 }, work).catch(() => undefined);
  for (let attempt = 1; attempt <= RULE_ATTEMPTS; attempt++) {
    const existing = await once((client) => lifecycleRules(client, bucket));
    if (existing === undefined || isInForce(existing, scope, expireDays)) return;
    for (const rules of expiryRules(existing, scope, expireDays)) {
      if (await once((client) => client.setBucketLifecycle(bucket, { Rule: rules }).then(() => true))) break;
    }
    await pause(Math.random() * RULE_PAUSE_MS);
  }
}

/** The rules that the bucket has now. */
export async function lifecycleRules(client: Client, bucket: string): Promise<LifecycleRule[]> {
  try {
    return [(await client.getBucketLifecycle(bucket))?.Rule ?? []].flat();
  } catch (error) {
    if (errorCode(error) === 'NoSuchLifecycleConfiguration') return [];
    throw error;
  }
}
