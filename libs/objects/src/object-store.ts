import type { Readable } from 'node:stream';

/** Inject with `@Inject(OBJECT_STORE) store: ObjectStore`. */
export const OBJECT_STORE = Symbol('object store');

export interface PutOptions {
  contentType: string;
  /** Hexadecimal. It must be the file's own, because the stored object is compared with it. */
  sha256: string;
  sizeBytes: number;
  /** Names are in lower case, and values may be any text. The store adds `sha256`. */
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
 * Clips and snapshots by bucket and key. Two adapters, an S3 server and a local folder, have one behaviour
 * (`object-store.suite.ts`). When the store cannot do something now, it throws a ContractError `storage_unavailable`.
 * That says what to do and holds no secret. A bucket or key that no store may have is `invalid_payload`.
 */
export interface ObjectStore {
  /**
   * Makes the bucket where it is missing, and its expiry rule (whole days, rounded up) where the server has such rules.
   * An upload makes a bucket again that was once asked for and is missing. So a server that is down at start does no
   * harm.
   */
  ensureBucket(bucket: string, expireDays: number): Promise<void>;
  /**
   * Resolves once the store was found to hold an object of this size and sha256. Puts of one key in one process take
   * turns.
   */
  putFile(bucket: string, key: string, path: string, options: PutOptions, signal?: AbortSignal): Promise<void>;
  /** Undefined where there is no such object. */
  stat(bucket: string, key: string): Promise<ObjectStat | undefined>;
  /** `end` is the last byte wanted, as in HTTP's Range and fs.createReadStream. */
  read(bucket: string, key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** It is no error where there is no such object. */
  remove(bucket: string, key: string): Promise<void>;
  list(bucket: string, prefix: string): AsyncIterable<ObjectEntry>;
  /**
   * A URL that anybody may open until URL_TTL_SECONDS from now. With URL_MODE=plain it is the bare address. This needs
   * no network.
   */
  url(bucket: string, key: string): Promise<string>;
  /**
   * Whether the server itself expires what is in this bucket after so many days (rounded up). We read its rules back to
   * find out.
   */
  supportsLifecycle(bucket: string, expireDays: number): Promise<boolean>;
  /** Another party's rule in this bucket that ends objects of ours before so many days. */
  expiredSooner(bucket: string, expireDays: number): Promise<{ id: string; days: number } | undefined>;
  /** The key in the bucket, below OBJECT_PREFIX, for messages. All else here takes keys without the prefix. */
  keyOf(key: string): string;
  /** The reverse. It is undefined for a key that is not below the prefix. */
  ownKey(key: string): string | undefined;
}

/** What the module needs of an adapter beyond ObjectStore. */
export interface ObjectStoreAdapter extends ObjectStore {
  /** Tells a person what the store is and where. */
  readonly description: string;
  /** Throws, with a sentence, where the store does not serve. */
  check(): Promise<void>;
  close(): void;
}

/** What an adapter tells of its uploads. */
export interface UploadReport {
  /** It gave up, after its own retries. */
  failed: () => void;
  /** The store was found to hold the object. */
  verified: () => void;
}
