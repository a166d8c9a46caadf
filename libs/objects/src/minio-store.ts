import type { Readable } from 'node:stream';
import { errorCode, SharedWork, Turns, type Clock } from '@vr/base';
import type { Client } from 'minio';
import { isInForce, soonerRule, type RuleScope } from './lifecycle';
import { decodeMetadata } from './metadata-text';
import { ensureExpiry, lifecycleRules } from './minio-expiry';
import { isBrokenConnection, isMissing } from './minio-failure';
import { minioClient, MinioSession, type MinioAccess } from './minio-session';
import { sendFile } from './minio-upload';
import { verifyObject } from './minio-verification';
import { checkBucket, checkKey, escapeKey } from './object-name';
import type { ObjectEntry, ObjectStat, ObjectStoreAdapter, PutOptions, UploadReport } from './object-store';

/** We wait for an uplink that is this slow. A connection that stands still ends much sooner. */
const SLOWEST_BYTES_PER_SECOND = 100_000;
const UPLOAD_GRACE_MS = 30_000;
const CHECK_DEADLINE_MS = 1800;
/** A reader may pause, such as a player that has enough buffered. */
const READ_IDLE_MS = 300_000;

export interface MinioStoreOptions {
  access: MinioAccess;
  /** The address at which those who get our URLs reach the store. */
  publicAccess: MinioAccess;
  urlMode: 'presigned' | 'plain';
  urlTtlSeconds: number;
  /** The objects that the expiry rules are for. */
  scope: RuleScope;
}

/**
 * An S3 server through minio-js. An upload is one PUT streamed from the file. So memory stays flat, and no multipart
 * upload could be resumed wrongly. The file's sha256 goes along as S3's checksum, and is signed over plain HTTP. The
 * server refuses bytes that changed on the way, and keeps what it computed. Then we check the object: see
 * minio-verification.ts.
 */
export class MinioStore implements ObjectStoreAdapter {
  readonly description: string;
  private readonly session: MinioSession;
  private readonly signer: Client;
  private readonly turns = new Turns();
  /** The buckets that were asked for, with their expiry. */
  private readonly wanted = new Map<string, number>();
  /** The buckets that were seen or made since, with their rule. */
  private readonly made = new Set<string>();
  private readonly making: SharedWork<void>;

  constructor(
    private readonly options: MinioStoreOptions,
    private readonly clock: Clock,
    private readonly uploads: UploadReport,
  ) {
    this.session = new MinioSession(options.access);
    this.signer = minioClient(options.publicAccess);
    this.making = new SharedWork(clock);
    this.description = `object store at ${this.session.endpoint}`;
  }

  async ensureBucket(bucket: string, expireDays: number): Promise<void> {
    checkBucket(bucket);
    this.wanted.set(bucket, expireDays);
    await this.make(bucket, expireDays);
  }

  /** Makes buckets one after the other, because readiness asks while the start is still making them. */
  private make(bucket: string, expireDays: number): Promise<void> {
    return this.making.share(`${bucket} ${expireDays}`, async () => {
      await this.makeNow(bucket, expireDays);
      this.made.add(bucket);
    });
  }

  private async makeNow(bucket: string, expireDays: number): Promise<void> {
    await this.session.run({ what: `making bucket ${bucket}`, bucket }, async (client) => {
      if (await client.bucketExists(bucket)) return;
      try {
        await client.makeBucket(bucket, this.options.access.region);
      } catch (error) {
        // Another worker was faster.
        if (
          !['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(errorCode(error) ?? '') ||
          !(await client.bucketExists(bucket))
        )
          throw error;
      }
    });
    await ensureExpiry(this.session, this.options.scope, bucket, expireDays);
  }

  async putFile(bucket: string, key: string, path: string, put: PutOptions, signal?: AbortSignal): Promise<void> {
    checkBucket(bucket);
    checkKey(key);
    const what = `upload of ${bucket}/${key}`;
    const deadlineMs = UPLOAD_GRACE_MS + (2 * put.sizeBytes * 1000) / SLOWEST_BYTES_PER_SECOND;
    await this.turns.take(`${bucket}/${key}`, async () => {
      try {
        await this.session.run({ what, bucket, deadlineMs, signal }, async (client) => {
          await this.putOnce(client, bucket, key, path, put);
          await verifyObject(client, bucket, key, put);
        });
      } catch (error) {
        signal?.throwIfAborted();
        this.uploads.failed();
        throw error;
      }
    });
    this.uploads.verified();
    const expireDays = this.wanted.get(bucket);
    // A store that was away at the start has the bucket, and perhaps not its rule. If this fails, readiness tries again
    // and says so.
    if (expireDays !== undefined && !this.made.has(bucket)) void this.make(bucket, expireDays).catch(() => undefined);
  }

  private async putOnce(client: Client, bucket: string, key: string, path: string, put: PutOptions): Promise<void> {
    try {
      await sendFile(client, bucket, key, path, put, this.options.access.useSsl);
    } catch (error) {
      const expireDays = this.wanted.get(bucket);
      if (errorCode(error) === 'NoSuchBucket' && expireDays !== undefined) {
        await this.ensureBucket(bucket, expireDays);
        return sendFile(client, bucket, key, path, put, this.options.access.useSsl);
      }
      // A server that refuses may close the connection while we still send. So we ask it again, without a body.
      if (isBrokenConnection(error)) await client.bucketExists(bucket);
      throw error;
    }
  }

  async stat(bucket: string, key: string): Promise<ObjectStat | undefined> {
    checkBucket(bucket);
    checkKey(key);
    return this.session.run({ what: `look at ${bucket}/${key}`, bucket }, async (client) => {
      try {
        const { size, lastModified, metaData } = await client.statObject(bucket, key);
        return toStat(size, lastModified.getTime(), metaData);
      } catch (error) {
        if (!isMissing(error)) throw error;
        // An answer to HEAD has no body, so a missing bucket looks like a missing object.
        if (await client.bucketExists(bucket)) return undefined;
        throw Object.assign(new Error('no such bucket'), { code: 'NoSuchBucket' });
      }
    });
  }

  async read(bucket: string, key: string, range?: { start: number; end: number }): Promise<Readable> {
    checkBucket(bucket);
    checkKey(key);
    return this.session.run({ what: `read of ${bucket}/${key}`, bucket, idleMs: READ_IDLE_MS }, (client) =>
      range
        ? client.getPartialObject(bucket, key, range.start, range.end - range.start + 1)
        : client.getObject(bucket, key),
    );
  }

  async remove(bucket: string, key: string): Promise<void> {
    checkBucket(bucket);
    checkKey(key);
    await this.session.run({ what: `removal of ${bucket}/${key}`, bucket }, (client) =>
      client.removeObject(bucket, key),
    );
  }

  async *list(bucket: string, prefix: string): AsyncIterable<ObjectEntry> {
    checkBucket(bucket);
    const what = { what: `list of ${bucket}/${prefix}`, bucket };
    // minio-js asks for the first page when it is read, so errors come out of the loop.
    const listed = await this.session.run({ ...what, idleMs: READ_IDLE_MS }, (client) =>
      Promise.resolve(client.listObjectsV2(bucket, prefix, true)),
    );
    try {
      for await (const { name, size, lastModified } of listed as AsyncIterable<{
        name?: string;
        size: number;
        lastModified?: Date;
      }>) {
        if (name !== undefined) yield { key: name, sizeBytes: size, lastModifiedMs: lastModified?.getTime() ?? 0 };
      }
    } catch (error) {
      throw this.session.explain(error, what);
    }
  }

  async url(bucket: string, key: string): Promise<string> {
    checkBucket(bucket);
    checkKey(key);
    const { publicAccess, urlMode, urlTtlSeconds } = this.options;
    if (urlMode === 'plain') return `${baseUrl(publicAccess)}/${bucket}/${escapeKey(key)}`;
    return this.signer.presignedGetObject(bucket, key, urlTtlSeconds, {}, new Date(this.clock.nowMs()));
  }

  async supportsLifecycle(bucket: string, expireDays: number): Promise<boolean> {
    checkBucket(bucket);
    return this.session.run({ what: `look at the expiry rules of ${bucket}`, bucket }, async (client) => {
      try {
        return isInForce(await lifecycleRules(client, bucket), this.options.scope, expireDays);
      } catch (error) {
        if (['NotImplemented', 'MethodNotAllowed', 'AccessDenied'].includes(errorCode(error) ?? '')) return false;
        throw error;
      }
    });
  }

  async expiredSooner(bucket: string, expireDays: number): Promise<{ id: string; days: number } | undefined> {
    checkBucket(bucket);
    const rules = await this.session.run({ what: `look at the expiry rules of ${bucket}`, bucket }, (client) =>
      lifecycleRules(client, bucket),
    );
    return soonerRule(rules, this.options.scope, expireDays);
  }

  keyOf(key: string): string {
    return key;
  }

  ownKey(key: string): string {
    return key;
  }

  /**
   * Makes those buckets that were asked for and are missing. A store that could not be reached at the very first start
   * has no bucket yet.
   */
  async check(): Promise<void> {
    const buckets = this.wanted.size > 0 ? [...this.wanted.keys()] : ['clips'];
    for (const bucket of buckets) {
      const operation = { what: 'check', bucket, attempts: 1, deadlineMs: CHECK_DEADLINE_MS };
      const isThere = await this.session.run(operation, (client) => client.bucketExists(bucket));
      const expireDays = this.wanted.get(bucket);
      if (expireDays !== undefined && !(isThere && this.made.has(bucket))) await this.make(bucket, expireDays);
    }
  }

  close(): void {
    this.session.close();
  }
}

function toStat(sizeBytes: number, lastModifiedMs: number, headers: Record<string, unknown>): ObjectStat {
  const {
    'content-type': contentType,
    sha256,
    ...rest
  } = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), decodeMetadata(String(value))]),
  );
  return { sizeBytes, sha256, contentType, lastModifiedMs, metadata: rest };
}

function baseUrl({ useSsl, host, port }: MinioAccess): string {
  const usual = port === (useSsl ? 443 : 80);
  return `${useSsl ? 'https' : 'http'}://${host}${usual ? '' : `:${port}`}`;
}
