// The NATS users of deploy/nats/users.conf, as somebody sets them up who follows docs/operations.md.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REPOSITORY, temporaryFolder } from '@vr/testing';

export const ROLES = [
  'detector',
  'viewer',
  'operator',
  'worker',
  'recorder',
  'clipper',
  'snapshotter',
  'janitor',
  'console',
] as const;
export type Role = (typeof ROLES)[number];

export interface HouseUsers {
  /**
   * The path of the server's configuration, which includes `usersPath`. JetStream stands in it, because a reload
   * forgets what the command line said.
   */
  path: string;
  usersPath: string;
  /** A client's or a worker's settings. */
  settings: (role: Role) => { NATS_USER: string; NATS_PASS: string; NATS_INBOX_PREFIX: string };
}

/** The hub's and a site's configuration of deploy/nats, as somebody has them who put his names and places in. */
export async function siteNetwork(
  hubPort: number,
  sites: readonly string[],
): Promise<{ hub: string; site: (name: string) => string; settings: HouseUsers['settings'] }> {
  const { path: houseFile, settings } = await houseUsers();
  const folder = dirname(houseFile);
  const at = (name: string): string => join(folder, name);
  const secret = 'p4ss-of-the-sites';
  await writeFile(at('site-password.conf'), `SITE_PASSWORD: "${secret}"\n`);
  await writeFile(at('hub-url.conf'), `HUB_URL: "nats-leaf://site:${secret}@127.0.0.1:${hubPort}"\n`);
  await writeFile(
    at('hub.conf'),
    (await readFile(at('hub.conf'), 'utf8')).replace('0.0.0.0:7422', `127.0.0.1:${hubPort}`),
  );
  const form = await readFile(at('site.conf'), 'utf8');
  for (const site of sites)
    await writeFile(at(`${site}.conf`), form.replaceAll('jetson1', site).replace('"/data"', `"${at(site)}"`));
  return { hub: at('hub.conf'), site: (name) => at(`${name}.conf`), settings };
}

export async function houseUsers(): Promise<HouseUsers> {
  const { path } = await temporaryFolder('house-users');
  await cp(join(REPOSITORY, 'deploy/nats'), path, { recursive: true });
  await writeFile(
    join(path, 'passwords.conf'),
    ROLES.map((role) => `${role.toUpperCase()}_PASSWORD: "${passwordOf(role)}"\n`).join(''),
    { mode: 0o600 },
  );
  await writeFile(
    join(path, 'server.conf'),
    `jetstream { store_dir: "${join(path, 'jetstream')}" }\ninclude ./users.conf\n`,
  );
  return {
    path: join(path, 'server.conf'),
    usersPath: join(path, 'users.conf'),
    settings: (role) => ({ NATS_USER: role, NATS_PASS: passwordOf(role), NATS_INBOX_PREFIX: `_INBOX.${role}` }),
  };
}

const passwordOf = (role: Role): string => `0123 the password of ${role}`;
