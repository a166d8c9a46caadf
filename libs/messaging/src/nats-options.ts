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
  /** The path of a credentials file, or the credentials themselves. */
  NATS_CREDS?: string;
  /** Certificates (PEM) of the authority that vouches for the server. Where they are set, we accept only TLS. */
  NATS_CA?: string;
  /** Where our own inboxes are. Whoever may ask us may also have inboxes there, beside `_INBOX.`. */
  NATS_INBOX_PREFIX?: string;
}

const RECONNECT_WAIT_MS = 1000;
const RECONNECT_JITTER_MS = 500;
/** We notice within two of these that a server is gone without a word (power, cable). */
const PING_INTERVAL_MS = 20_000;
const CONNECT_DEADLINE_MS = 5000;
const SHOWN_PATH = /^\.{0,2}\/[\w./ -]{1,200}$/;
/** `scheme://credentials@host`. The credentials end at the last `@`, because typed passwords hold `@` too. */
const URL_PARTS = /^(?:([a-z]+):\/\/)?(?:(.*)@)?([^@]+)$/i;

/** Makes connection options from settings. Throws where the credentials cannot be read. */
export function natsOptions(config: NatsConfig): NodeConnectionOptions {
  const servers: string[] = [];
  let { NATS_USER: user, NATS_PASS: pass, NATS_TOKEN: token } = config;
  let encrypted = false;
  for (const { scheme, credentials, hostPort } of serversOf(config)) {
    encrypted ||= scheme === 'tls';
    servers.push(hostPort);
    // The client ignores credentials inside a URL, so we read them. Named settings win over them.
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
    // A server whose users are being changed refuses us for a while. That is no reason to give up for good.
    ignoreAuthErrorAbort: true,
  };
}

/** The servers' addresses for people, without secrets. */
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

/** The name by which the server knows us, where we have one. */
export function userOf(config: NatsConfig): string | undefined {
  return natsOptions({ ...config, NATS_CREDS: undefined }).user;
}

function credentialBytes(pathOrText: string): Uint8Array {
  if (pathOrText.includes('-----BEGIN')) return new TextEncoder().encode(pathOrText);
  try {
    return readFileSync(pathOrText);
  } catch (error) {
    // A text that is not a path may be the credentials themselves, or a part of them.
    const shown = SHOWN_PATH.test(pathOrText) ? pathOrText : 'something that is no path, and is not shown';
    throw new Error(
      `NATS_CREDS: wanted a credentials file that can be read, or its ` +
        `text; got ${shown} (${errorCode(error) ?? 'unreadable'})`,
    );
  }
}
