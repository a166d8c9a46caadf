// The NATS users of deploy/nats/users.conf, as somebody sets them up who follows docs/operations.md.
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY, temporaryFolder } from '@vr/testing';

export const ROLES = ['detector', 'viewer', 'operator', 'worker', 'recorder', 'clipper', 'snapshotter', 'janitor', 'console'] as const;
export type Role = (typeof ROLES)[number];

export interface HouseUsers {
  /** Of the server's configuration, which includes `usersPath`; JetStream stands in it, because a reload forgets what the command line said. */
  path: string;
  usersPath: string;
  /** A client's or a worker's settings. */
  settings(role: Role): { NATS_USER: string; NATS_PASS: string; NATS_INBOX_PREFIX: string };
}

export async function houseUsers(): Promise<HouseUsers> {
  const { path } = await temporaryFolder('house-users');
  await cp(join(REPOSITORY, 'deploy/nats'), path, { recursive: true });
  await writeFile(join(path, 'passwords.conf'), ROLES.map((role) => `${role.toUpperCase()}_PASSWORD: "${passwordOf(role)}"\n`).join(''), { mode: 0o600 });
  await writeFile(join(path, 'server.conf'), `jetstream { store_dir: "${join(path, 'jetstream')}" }\ninclude ./users.conf\n`);
  return { path: join(path, 'server.conf'), usersPath: join(path, 'users.conf'), settings: (role) => ({ NATS_USER: role, NATS_PASS: passwordOf(role), NATS_INBOX_PREFIX: `_INBOX.${role}` }) };
}

const passwordOf = (role: Role): string => `0123 the password of ${role}`;
