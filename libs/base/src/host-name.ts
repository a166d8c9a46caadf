import { BlockList, isIP } from 'node:net';

/** A host name, an IPv4 address, or an IPv6 address in brackets. A port may follow. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?)\.?(:\d{1,5})?$/i;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * The name in a Host header, in one form for all its spellings: lower case, without port, brackets and the root's dot.
 * Undefined where it is not a name.
 */
export function hostNameOf(header: string | undefined): string | undefined {
  if (header === undefined || !HOST.test(header)) return undefined;
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$|\.$/g, '');
  } catch {
    return undefined;
  }
}

/** Whether only this machine can reach it. */
export function isLoopback(name: string): boolean {
  if (name === 'localhost') return true;
  const family = isIP(name);
  return family !== 0 && loopback.check(name, family === 6 ? 'ipv6' : 'ipv4');
}
