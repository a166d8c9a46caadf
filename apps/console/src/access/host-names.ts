/**
 * By which names the console may be asked. A page of another site can make its own name lead to us (DNS rebinding); the browser then takes us
 * for that site and lets the page read everything. What gives it away is the Host header, which still holds the other name.
 */
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A host name or an IPv4 address, or an IPv6 address in brackets; perhaps a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?)\.?(:\d{1,5})?$/i;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export class HostNames {
  private readonly names: ReadonlySet<string>;

  constructor(
    o: { allowed: readonly string[]; publicUrl: string },
    private readonly ownAddresses: () => readonly string[] = addressesOfThisMachine,
  ) {
    this.names = new Set([...o.allowed, new URL(o.publicUrl).host].map((name) => nameOf(name) ?? name));
  }

  /** @param localAddress the address that the connection came to */
  accepts(name: string, localAddress: string | undefined): boolean {
    if (this.names.has(name) || isLoopback(name)) return true;
    // An address cannot be rebound. But a name may look like one to somebody, so only our own count.
    return isIP(name) !== 0 && (name === plainAddress(localAddress ?? '') || this.ownAddresses().includes(name));
  }
}

/** The name in a Host header as all spellings of it become: lower case, without port, brackets and the root's dot. Undefined: it is no name. */
export function nameOf(header: string | undefined): string | undefined {
  if (header === undefined || !HOST.test(header)) return undefined;
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$|\.$/g, '');
  } catch {
    return undefined;
  }
}

/** Whether nobody but this machine reaches it. */
export function isLoopback(name: string): boolean {
  if (name === 'localhost') return true;
  const family = isIP(name);
  return family !== 0 && loopback.check(name, family === 6 ? 'ipv6' : 'ipv4');
}

/** An IPv4 address without its IPv6 clothing (::ffff:10.0.0.7). */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}
