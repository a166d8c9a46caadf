import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import {
  confinedPath,
  errorCode,
  joinNames,
  openPlainFile,
  OutsideRootError,
  readSmallFile,
  RECORD_FILE_BYTES,
  syncToDisk,
  Turns,
  writeNewFile,
} from '@vr/base';
import { ContractError, notNegative, sha256 } from '@vr/contracts';
import { z } from 'zod';
import { copyVerified } from './local-copy';
import { absent, folderFailure } from './local-failure';
import { localObjectFiles, TEMPORARY_DIR } from './local-layout';
import { listFolder } from './local-list';
import { checkBucket, checkKey } from './object-name';
import type { ObjectLinks } from './object-links';
import type { ObjectEntry, ObjectStat, ObjectStoreAdapter, PutOptions, UploadReport } from './object-store';

/** It holds size and time of the file that it describes. We ignore a sidecar that does not fit its object. */
const sidecar = z.object({
  sizeBytes: notNegative,
  modifiedMs: notNegative,
  sha256,
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
});

/**
 * Each object is put whole into OBJECTS_DIR/{bucket}/{key} (temporary file, fsync, rename).
 * OBJECTS_DIR/.meta/{bucket}/{key}.json describes it. Nothing here expires by itself: the janitor does that.
 */
export class LocalStore implements ObjectStoreAdapter {
  readonly description: string;
  private readonly turns = new Turns();
  private readonly wanted = new Set<string>();

  constructor(
    private readonly root: string,
    private readonly links: Pick<ObjectLinks, 'sign'>,
    private readonly uploads: UploadReport,
  ) {
    this.description = `objects in ${root}`;
  }

  async ensureBucket(bucket: string): Promise<void> {
    checkBucket(bucket);
    this.wanted.add(bucket);
    await this.explained(bucket, () => mkdir(joinNames(this.root, bucket), { recursive: true }));
  }

  async putFile(bucket: string, key: string, path: string, put: PutOptions, signal?: AbortSignal): Promise<void> {
    checkBucket(bucket);
    checkKey(key);
    await this.turns.take(`${bucket}/${key}`, async () => {
      try {
        if (this.wanted.has(bucket)) await this.ensureBucket(bucket);
        await this.explained(bucket, () => this.place(bucket, key, path, put, signal));
      } catch (error) {
        signal?.throwIfAborted();
        this.uploads.failed();
        throw error;
      }
    });
    this.uploads.verified();
  }

  private async place(bucket: string, key: string, path: string, put: PutOptions, signal?: AbortSignal): Promise<void> {
    await stat(joinNames(this.root, bucket)); // a bucket that is missing is an error, not a new folder
    const temporary = await this.temporaryPath();
    try {
      await copyVerified(path, temporary, put, signal);
      const { mtimeMs } = await stat(temporary);
      await this.moveInto(temporary, localObjectFiles(bucket, key).object);
      const described = {
        sizeBytes: put.sizeBytes,
        modifiedMs: Math.floor(mtimeMs),
        sha256: put.sha256,
        contentType: put.contentType,
        metadata: put.metadata,
      };
      const description = await this.temporaryPath();
      await writeNewFile(description, JSON.stringify(described), { isDurable: true, mode: 0o640 });
      await this.moveInto(description, localObjectFiles(bucket, key).sidecar);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async stat(bucket: string, key: string): Promise<ObjectStat | undefined> {
    checkBucket(bucket);
    checkKey(key);
    return this.explained(bucket, async () => {
      await stat(joinNames(this.root, bucket));
      const found = await lstat(await this.pathOf(localObjectFiles(bucket, key).object)).catch(absent);
      if (!found?.isFile()) return undefined;
      const lastModifiedMs = Math.floor(found.mtimeMs);
      const said = await this.readSidecar(bucket, key);
      const fits = said?.sizeBytes === found.size && said.modifiedMs === lastModifiedMs;
      if (!fits) return { sizeBytes: found.size, lastModifiedMs, metadata: {} };
      return {
        sizeBytes: found.size,
        lastModifiedMs,
        sha256: said.sha256,
        contentType: said.contentType,
        metadata: said.metadata,
      };
    });
  }

  async read(bucket: string, key: string, range?: { start: number; end: number }): Promise<Readable> {
    checkBucket(bucket);
    checkKey(key);
    return this.explained(bucket, async () => {
      const path = await this.pathOf(localObjectFiles(bucket, key).object);
      const file = await openPlainFile(path);
      return file.createReadStream(range ?? {});
    });
  }

  async remove(bucket: string, key: string): Promise<void> {
    checkBucket(bucket);
    checkKey(key);
    await this.turns.take(`${bucket}/${key}`, () =>
      this.explained(bucket, async () => {
        await stat(joinNames(this.root, bucket));
        const { sidecar: description, object } = localObjectFiles(bucket, key);
        for (const path of [await this.pathOf(description), await this.pathOf(object)]) {
          await rm(path, { force: true }).catch(absent);
          await removeEmptyFolders(dirname(path), key.split('/').length - 1);
        }
      }),
    );
  }

  async *list(bucket: string, prefix: string): AsyncIterable<ObjectEntry> {
    checkBucket(bucket);
    const folder = await this.explained(bucket, async () => {
      const path = await this.folderOf(bucket);
      await stat(path);
      return path;
    });
    yield* listFolder(folder, '', prefix);
  }

  async url(bucket: string, key: string): Promise<string> {
    checkBucket(bucket);
    checkKey(key);
    return this.links.sign(bucket, key);
  }

  supportsLifecycle(bucket: string): Promise<boolean> {
    checkBucket(bucket);
    return Promise.resolve(false);
  }

  expiredSooner(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  keyOf(key: string): string {
    return key;
  }

  ownKey(key: string): string {
    return key;
  }

  async check(): Promise<void> {
    await this.explained('', async () => {
      const probe = await this.temporaryPath();
      await writeFile(probe, ''); // not synced: it is asked often, and flash wears
      await rm(probe);
    });
  }

  close(): void {
    // holds nothing open
  }

  /** The path of one of `localObjectFiles`. A link in the file's own place is not followed. */
  private async pathOf(below: string): Promise<string> {
    const folders = below.split('/');
    const fileName = folders.pop() ?? '';
    return joinNames(await this.folderOf(...folders), fileName);
  }

  /** Throws `storage_unavailable` where a symbolic link leads out of OBJECTS_DIR. */
  private async folderOf(...names: readonly string[]): Promise<string> {
    try {
      return await confinedPath(this.root, ...names);
    } catch (error) {
      if (!(error instanceof OutsideRootError)) throw error;
      throw new ContractError('storage_unavailable', `${error.message}: remove that link`, { cause: error });
    }
  }

  private async readSidecar(bucket: string, key: string): Promise<z.infer<typeof sidecar> | undefined> {
    const path = await this.pathOf(localObjectFiles(bucket, key).sidecar);
    try {
      return sidecar.parse(JSON.parse((await readSmallFile(path, RECORD_FILE_BYTES)) ?? ''));
    } catch {
      return undefined; // torn by a power cut, or somebody else's
    }
  }

  private async temporaryPath(): Promise<string> {
    const folder = await this.folderOf(TEMPORARY_DIR);
    await mkdir(folder, { recursive: true });
    return joinNames(folder, randomBytes(9).toString('hex'));
  }

  private async moveInto(from: string, below: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const target = await this.pathOf(below);
        await mkdir(dirname(target), { recursive: true });
        await rename(from, target);
        return await syncToDisk(dirname(target));
      } catch (error) {
        // Somebody removed another object, and with it the empty folder, in between.
        if (errorCode(error) !== 'ENOENT' || attempt === 3) throw error;
      }
    }
  }

  private async explained<T>(bucket: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failure = await folderFailure(error, this.root, bucket);
      if (failure) throw failure;
      throw error;
    }
  }
}

async function removeEmptyFolders(folder: string, levels: number): Promise<void> {
  for (let level = 0, at = folder; level < levels; level++, at = dirname(at)) {
    const empty = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!empty) return;
  }
}
