/** Where a camera is: its URL, cut into where to connect, what to ask for, and who we say we are. */
import { encodedUrl, percentDecoded, splitUrl } from '@vr/base';
import type { Credentials } from './authorization';
import { RtspFault } from './rtsp-fault';

export interface CameraAddress {
  /** An IPv6 address stands here without brackets. */
  host: string;
  port: number;
  tls: boolean;
  /** As it goes over the wire: without user and password. */
  url: string;
  credentials?: Credentials;
}

const PORTS: Readonly<Record<string, number>> = { 'rtsp:': 554, 'rtsps:': 322 };

/** Throws RtspFault on what is no URL of a camera. The text of the fault holds no credentials. */
export function cameraAddress(url: string): CameraAddress {
  const { user, password } = splitUrl(url);
  let parsed: URL;
  try {
    parsed = new URL(encodedUrl(url));
  } catch {
    throw new RtspFault('invalid', 'wanted a URL like rtsp://host:554/path, got something that is no URL');
  }
  const usual = PORTS[parsed.protocol];
  if (usual === undefined || parsed.hostname === '')
    throw new RtspFault('invalid', `wanted a URL with rtsp:// or rtsps:// and a host, got ${parsed.protocol}//`);
  const { address } = splitUrl(url);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? usual : Number(parsed.port),
    tls: parsed.protocol === 'rtsps:',
    // Not as URL spells it: a camera may compare the text of its path.
    url: `${parsed.protocol}//${address}`,
    credentials:
      user === undefined ? undefined : { user: percentDecoded(user), password: percentDecoded(password ?? '') },
  };
}

/** Whether credentials that were meant for one camera may be given to the other: the same host and port, as safely. */
export function isSameCamera(a: CameraAddress, b: CameraAddress): boolean {
  return a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port && (b.tls || !a.tls);
}
