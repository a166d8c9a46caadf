// @ts-check
import { value } from './settings.mjs';

/**
 * The client takes no credentials inside a URL.
 * @param {string} url
 */
export function addressOf(url) {
  const [, , credentials, host = ''] = /^([a-z]+:\/\/)?(?:(.*)@)?([^@]+)$/i.exec(url) ?? [];
  const [user, ...pass] = credentials?.split(':').map(decodeURIComponent) ?? [];
  return {
    servers: host.split(','),
    user: value('NATS_USER') ?? user,
    pass: value('NATS_PASS') ?? (user === undefined ? undefined : pass.join(':')),
    token: value('NATS_TOKEN'),
  };
}
