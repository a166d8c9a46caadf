import { readFileSync } from 'node:fs';
import { credsAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node';
import { errorCode, percentDecoded } from '@vr/base';

/** The part of a worker's settings that says where NATS is and who we are. */
export interface NatsConfig {
  /** One server or several, with commas between. May hold `user:password@` or `token@`. */
  NATS_URL: string;
  NATS_USER?: string;
  NATS_PASS?: string;
  NATS_TOKEN?: string;
  /** A credentials file's path, or the credentials themselves. */
  NATS_CREDS?: string;
  /** Certificates in PEM of who vouches for the server's. Where set, nothing but TLS will do. */
  NATS_CA?: string;
  /** Where our own inboxes are, and those of whoever may ask us beside `_INBOX.`. */
  NATS_INBOX_PREFIX?: string;
}

const RECONNECT_WAIT_MS = 1000;
const RECONNECT_JITTER_MS = 500;
/** A server that is gone without a word (power, cable) is noticed within two of these. */
const PING_INTERVAL_MS = 20_000;
const CONNECT_DEADLINE_MS = 5000;
const SHOWN_PATH = /^\.{0,2}\/[\w./ -]{1,200}$/;
/**
 * `scheme://credentials@host`: the credentials end at the last `@`, because passwords as people type them hold `@` too.
 */
const URL_PARTS = /^(?:([a-z]+):\/\/)?(?:(.*)@)?([^@]+)$/i;

/** Connection options from settings. Throws where the credentials cannot be read. */
export function natsOptions(config: NatsConfig): NodeConnectionOptions {
  const servers: string[] = [];
  let { NATS_USER: user, NATS_PASS: pass, NATS_TOKEN: token } = config;
  let encrypted = false;
  for (const { scheme, credentials, hostPort } of serversOf(config)) {
    encrypted ||= scheme === 'tls';
    servers.push(hostPort);
    // The client ignores credentials inside a URL. Named settings win over them.
    if (credentials !== undefined && user === undefined && token === undefined) {
      const colon = credentials.indexOf(':');
      if (colon === -1) token = percentDecoded(credentials);
      else [user, pass] = [percentDecoded(credentials.slice(0, colon)), percentDecoded(credentials.slice(colon + 1))];
    }
  }
  return {
    servers,
    user,
    pass,
    token,
    inboxPrefix: config.NATS_INBOX_PREFIX,
    tls: encrypted || config.NATS_CA !== undefined ? { ca: config.NATS_CA } : undefined,
    authenticator: config.NATS_CREDS === undefined ? undefined : credsAuthenticator(credentialBytes(config.NATS_CREDS)),
    timeout: CONNECT_DEADLINE_MS,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    pingInterval: PING_INTERVAL_MS,
    // A server whose users are being changed refuses us for a while: that is no reason to give up for good.
    ignoreAuthErrorAbort: true,
  };
}

/** Where to, for people: without secrets. */
export function addressOf(config: Pick<NatsConfig, 'NATS_URL'>): string {
  return serversOf(config)
    .map(({ scheme = 'nats', hostPort }) => `${scheme}://${hostPort}`)
    .join(',');
}

function serversOf({
  NATS_URL,
}: Pick<NatsConfig, 'NATS_URL'>): { scheme?: string; credentials?: string; hostPort: string }[] {
  const urls = NATS_URL.split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  return urls.map((url) => {
    const [, scheme, credentials, hostPort = url] = URL_PARTS.exec(url) ?? [];
    return { scheme, credentials, hostPort: hostPort.replace(/\/+$/, '') };
  });
}

/** By what name the server knows us, where it has one. */
export function userOf(config: NatsConfig): string | undefined {
  return natsOptions({ ...config, NATS_CREDS: undefined }).user;
}

function credentialBytes(pathOrText: string): Uint8Array {
  if (pathOrText.includes('-----BEGIN')) return new TextEncoder().encode(pathOrText);
  try {
    return readFileSync(pathOrText);
  } catch (error) {
    // What is no path may be the credentials themselves, or a part of them.
    const shown = SHOWN_PATH.test(pathOrText) ? pathOrText : 'something that is no path, and is not shown';
    throw new Error(
      `NATS_CREDS: wanted a credentials file that can be read, or its ` +
        `text; got ${shown} (${errorCode(error) ?? 'unreadable'})`,
    );
  }
}
