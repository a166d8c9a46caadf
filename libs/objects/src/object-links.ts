import { createHmac, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { sharedSecret, type Clock } from '@vr/base';
import { checkBucket, checkKey, escapeKey } from './object-name';

const SECRET_FILE = '.link-secret';
const ROUTE = '/objects/';

export interface LinkOptions {
  objectsDir: string;
  consoleUrl: string;
  urlTtlSeconds: number;
}

/**
 * Links to objects of the local store, which the console serves: `/objects/{bucket}/{key}?expires=..&signature=..`.
 * They are signed with a secret that the workers of one node share through OBJECTS_DIR.
 */
export class ObjectLinks {
  private secret: Promise<Buffer> | undefined;

  constructor(
    private readonly options: LinkOptions,
    private readonly clock: Clock,
  ) {}

  /**
   * Always signs, whatever URL_MODE says: a plain link would open every object to everybody who reaches the console.
   */
  async sign(bucket: string, key: string): Promise<string> {
    const expires = String(Math.ceil(this.clock.nowMs() / 1000) + this.options.urlTtlSeconds);
    const signature = await this.signature(bucket, key, expires);
    const base = this.options.consoleUrl.replace(/\/+$/, '');
    return `${base}${ROUTE}${bucket}/${escapeKey(key)}?expires=${expires}&signature=${signature}`;
  }

  /**
   * What a requested path (escaped, as it stands in the URL) and its query may open. Undefined where they open nothing.
   */
  async verifyLink(
    path: string,
    query: Readonly<Record<string, unknown>>,
  ): Promise<{ bucket: string; key: string } | undefined> {
    const { expires, signature } = query;
    if (typeof expires !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(expires)) return undefined;
    const name = readPath(path);
    if (name === undefined || Number(expires) * 1000 <= this.clock.nowMs()) return undefined;
    const wanted = Buffer.from(await this.signature(name.bucket, name.key, expires));
    const got = Buffer.from(signature);
    return wanted.length === got.length && timingSafeEqual(wanted, got) ? name : undefined;
  }

  /**
   * Throws BadSecretFileError where the file in the secret's place is not one. The start should find it, not the first
   * link.
   */
  async checkSecret(): Promise<void> {
    await this.sharedSecret();
  }

  private async signature(bucket: string, key: string, expires: string): Promise<string> {
    const secret = await this.sharedSecret();
    return createHmac('sha256', secret).update(`GET\n${bucket}\n${key}\n${expires}`).digest('base64url');
  }

  private async sharedSecret(): Promise<Buffer> {
    this.secret ??= sharedSecret(join(this.options.objectsDir, SECRET_FILE));
    return this.secret.catch((error: unknown) => {
      this.secret = undefined;
      throw error;
    });
  }
}

function readPath(path: string): { bucket: string; key: string } | undefined {
  if (!path.startsWith(ROUTE)) return undefined;
  try {
    const [bucket = '', ...segments] = path.slice(ROUTE.length).split('/').map(decodeURIComponent);
    const key = segments.join('/');
    checkBucket(bucket);
    checkKey(key);
    return { bucket, key };
  } catch {
    return undefined;
  }
}
