import type { Readable } from 'node:stream';

/** Inject with `@Inject(OBJECT_STORE) store: ObjectStore`. */
export const OBJECT_STORE = Symbol('object store');

export interface PutOptions {
  contentType: string;
  /** Hex. Must be that of the file: the stored object is held against it. */
  sha256: string;
  sizeBytes: number;
  /** Names in lower case; values may be any text. `sha256` is added by the store. */
  metadata: Record<string, string>;
}

export interface ObjectStat {
  sizeBytes: number;
  /** Absent where somebody else put the object, or changed it behind our back. */
  sha256?: string;
  contentType?: string;
  lastModifiedMs: number;
  metadata: Record<string, string>;
}

export interface ObjectEntry {
  key: string;
  sizeBytes: number;
  lastModifiedMs: number;
}

/**
 * Clips and snapshots by bucket and key. Two adapters, one behaviour (`object-store.suite.ts`): an S3 server and a
 * local folder. What the store cannot do now is a ContractError `storage_unavailable`, which says what to do and holds
 * no secret; a bucket or key that no store may have is `invalid_payload`.
 */
export interface ObjectStore {
  /**
   * Makes the bucket where it is missing, and its expiry rule (whole days, rounded up) where the server has such rules.
   * A bucket once asked for is made again by an upload that finds it missing, so a server that was down at start is no
   * loss.
   */
  ensureBucket(bucket: string, expireDays: number): Promise<void>;
  /**
   * Resolves once the store was found to hold an object of this size and sha256. Puts of one key in one process take
   * turns.
   */
  putFile(bucket: string, key: string, path: string, options: PutOptions, signal?: AbortSignal): Promise<void>;
  /** undefined where there is no such object. */
  stat(bucket: string, key: string): Promise<ObjectStat | undefined>;
  /** `end` is the last byte wanted, as in HTTP's Range and fs.createReadStream. */
  read(bucket: string, key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** No error where there is no such object. */
  remove(bucket: string, key: string): Promise<void>;
  list(bucket: string, prefix: string): AsyncIterable<ObjectEntry>;
  /**
   * A URL that anybody may open until URL_TTL_SECONDS from now (URL_MODE=plain: the bare address). Needs no network.
   */
  url(bucket: string, key: string): Promise<string>;
  /**
   * Whether the server itself expires what is in this bucket after so many days (rounded up), as its rules say when
   * read back.
   */
  supportsLifecycle(bucket: string, expireDays: number): Promise<boolean>;
  /** Somebody else's rule in this bucket that ends objects of ours before so many days. */
  expiredSooner(bucket: string, expireDays: number): Promise<{ id: string; days: number } | undefined>;
  /** The key as it stands in the bucket, below OBJECT_PREFIX: for messages. All else here takes keys without it. */
  keyOf(key: string): string;
  /** The reverse; undefined for a key that is not below it. */
  ownKey(key: string): string | undefined;
}

/** What the module also wants of an adapter. */
export interface ObjectStoreAdapter extends ObjectStore {
  /** For a person: what and where. */
  readonly description: string;
  /** Throws, with a sentence, where the store does not serve. */
  check(): Promise<void>;
  close(): void;
}
