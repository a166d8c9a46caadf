import type { Readable } from 'node:stream';
import type { ObjectEntry, ObjectStat, ObjectStoreAdapter, PutOptions } from './object-store';

/**
 * A store of which we use what lies below OBJECT_PREFIX. Inside the worker keys are as they are on disk. The bucket and
 * the world see them below the prefix.
 */
export class PrefixedStore implements ObjectStoreAdapter {
  /** `prefix`: `site1/`. */
  constructor(
    private readonly store: ObjectStoreAdapter,
    private readonly prefix: string,
  ) {}

  get description(): string {
    return `${this.store.description}, keys below ${this.prefix}`;
  }

  keyOf(key: string): string {
    return this.prefix + key;
  }

  ownKey(key: string): string | undefined {
    return key.startsWith(this.prefix) ? key.slice(this.prefix.length) : undefined;
  }

  ensureBucket(bucket: string, expireDays: number): Promise<void> {
    return this.store.ensureBucket(bucket, expireDays);
  }

  putFile(bucket: string, key: string, path: string, options: PutOptions, signal?: AbortSignal): Promise<void> {
    return this.store.putFile(bucket, this.keyOf(key), path, options, signal);
  }

  stat(bucket: string, key: string): Promise<ObjectStat | undefined> {
    return this.store.stat(bucket, this.keyOf(key));
  }

  read(bucket: string, key: string, range?: { start: number; end: number }): Promise<Readable> {
    return this.store.read(bucket, this.keyOf(key), range);
  }

  remove(bucket: string, key: string): Promise<void> {
    return this.store.remove(bucket, this.keyOf(key));
  }

  async *list(bucket: string, prefix: string): AsyncIterable<ObjectEntry> {
    for await (const entry of this.store.list(bucket, this.keyOf(prefix)))
      yield { ...entry, key: entry.key.slice(this.prefix.length) };
  }

  url(bucket: string, key: string): Promise<string> {
    return this.store.url(bucket, this.keyOf(key));
  }

  supportsLifecycle(bucket: string, expireDays: number): Promise<boolean> {
    return this.store.supportsLifecycle(bucket, expireDays);
  }

  expiredSooner(bucket: string, expireDays: number): Promise<{ id: string; days: number } | undefined> {
    return this.store.expiredSooner(bucket, expireDays);
  }

  check(): Promise<void> {
    return this.store.check();
  }

  close(): void {
    this.store.close();
  }
}
