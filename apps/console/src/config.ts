import { isIP } from 'node:net';
import { hostNameOf, isLoopback } from '@vr/base';
import { ConfigError, setting, settings } from '@vr/service';
import { z } from 'zod';
import { trustProxy } from './access/trust-proxy';

/**
 * Nobody else can come where only a loopback address leads to the console. So that address itself may stand for true or
 * false.
 */
const openTo = z
  .string()
  .refine(
    (value) => ['true', 'false', '1', '0'].includes(value) || isIP(value) !== 0 || hostNameOf(value) !== undefined,
    'wanted true, false, or the address that leads to the console',
  )
  .transform((value) => value === 'true' || value === '1' || isLoopback(hostNameOf(value) ?? value));

const WORKERS_HERE: Readonly<Record<string, string>> = {
  recorder: 'http://127.0.0.1:9101',
  snapshotter: 'http://127.0.0.1:9102',
  clipper: 'http://127.0.0.1:9103',
  janitor: 'http://127.0.0.1:9104',
};
const workersUrls = z
  .string()
  .transform((text): unknown =>
    Object.fromEntries(text.split(',').map((one) => one.split('=', 2).map((part) => part.trim()) as [string, string])),
  )
  .pipe(
    z.record(
      z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/, 'wanted the name of a worker'),
      z.url({ protocol: /^https?$/, error: 'wanted name=http://host:port by commas' }),
    ),
  );

export const consoleSettings = {
  ...settings.service,
  ...settings.nats,
  ...settings.redis,
  ...settings.objects,
  ...settings.folders,
  ...settings.cameras,
  ...settings.pictures,
  ...settings.retention,
  HTTP_PORT: setting.port.default(8080),
  /** Where the other workers answer for their health: `recorder=http://127.0.0.1:9101` and so on, by commas. */
  WORKERS_URLS: workersUrls.default(WORKERS_HERE),
  /** Where it is set, everything but /health/live and the sign-in asks for it. */
  CONSOLE_API_TOKEN: z.string().min(8, 'wanted at least 8 characters').optional(),
  /** People who sign in by name. Where it is set, the console is open to nobody else but the token. */
  USERS_FILE: z.string().min(1).optional(),
  /** Of the user `admin`, whom the console makes where USERS_FILE does not exist yet. */
  CONSOLE_ADMIN_PASSWORD: z.string().min(8, 'wanted at least 8 characters').optional(),
  /** Names by which the console may be asked, besides this machine's addresses and the host of CONSOLE_PUBLIC_URL. */
  CONSOLE_ALLOWED_HOSTS: setting.hostNames.default([]),
  /** Who may say what the requester's address, name and protocol are. */
  CONSOLE_TRUST_PROXY: trustProxy.default(false),
  /** Allows no token although HTTP_HOST is not loopback: for a container that only a loopback port leads to. */
  CONSOLE_OPEN: openTo.default(false),
};
export type ConsoleConfig = z.output<z.ZodObject<typeof consoleSettings>>;

/** Checks what a schema of single settings cannot see. */
export function checkTogether({
  HTTP_HOST: host,
  CONSOLE_API_TOKEN: token,
  CONSOLE_OPEN: open,
  USERS_FILE: users,
}: Pick<ConsoleConfig, 'HTTP_HOST' | 'USERS_FILE' | 'CONSOLE_API_TOKEN' | 'CONSOLE_OPEN'>): void {
  if (token !== undefined || users !== undefined || open || isLoopback(hostNameOf(host) ?? host)) return;
  throw new ConfigError([
    `CONSOLE_API_TOKEN: wanted a token of at least 8 characters, because with HTTP_HOST "${host}" other machines ` +
      'reach the console; got nothing. Set one, or HTTP_HOST=127.0.0.1. ' +
      'In a container that only a loopback port leads to: CONSOLE_OPEN=true',
  ]);
}
