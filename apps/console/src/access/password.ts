/** Passwords at rest: scrypt with its parameters beside each hash, so that they can grow. */
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { z } from 'zod';

/** 16 MB for each try, as OWASP advises where 128 MB is too much: a Jetson has other work. */
const NOW = { n: 16_384, r: 8, p: 5 } as const;
const HASH_BYTES = 32;
const MOST_BYTES = 256 * 1024 * 1024;

const base64 = z.string().regex(/^[\w-]{22,88}$/, 'wanted base64url');
export const passwordHash = z.object({
  n: z
    .int()
    .min(2 ** 14)
    .max(2 ** 17)
    .refine((n) => Number.isInteger(Math.log2(n)), 'wanted a power of two'),
  r: z.int().min(1).max(16),
  p: z.int().min(1).max(16),
  salt: base64,
  hash: base64,
});
export type PasswordHash = z.infer<typeof passwordHash>;

export async function hashOf(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const hash = await derived(password, salt, NOW);
  return { ...NOW, salt: salt.toString('base64url'), hash: hash.toString('base64url') };
}

/** A name that nobody has costs the same work as one that somebody has, so the time tells nothing about names. */
export async function isPassword(given: string, known: PasswordHash | undefined): Promise<boolean> {
  const { salt, hash, ...cost } = known ?? { ...NOW, salt: 'A'.repeat(22), hash: 'A'.repeat(43) };
  const wanted = Buffer.from(hash, 'base64url');
  const found = await derived(given, Buffer.from(salt, 'base64url'), cost, wanted.length);
  return timingSafeEqual(found, wanted) && known !== undefined;
}

function derived(
  password: string,
  salt: Buffer,
  { n, r, p }: Pick<PasswordHash, 'n' | 'r' | 'p'>,
  sizeBytes = HASH_BYTES,
): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: MOST_BYTES };
  return new Promise((resolve, reject) => {
    // The same letters typed on another machine may come as other code points.
    scrypt(password.normalize('NFC'), salt, sizeBytes, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
