/**
 * The names by which the console may be asked. A page of another site can make its own name lead to us (DNS rebinding).
 * The browser then takes us for that site and lets the page read everything. The Host header gives it away, because it
 * still holds the other name.
 */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { hostNameOf, isLoopback } from '@vr/base';

export class HostNames {
  private readonly names: ReadonlySet<string>;

  constructor(
    o: { allowed: readonly string[]; publicUrl: string },
    private readonly ownAddresses: () => readonly string[] = addressesOfThisMachine,
  ) {
    this.names = new Set([...o.allowed, new URL(o.publicUrl).host].map((name) => hostNameOf(name) ?? name));
  }

  /** @param localAddress the address that the connection came to */
  accepts(name: string, localAddress: string | undefined): boolean {
    if (this.names.has(name) || isLoopback(name)) return true;
    // Of addresses only our own. Behind a proxy or a NAT there is another one; whoever set it up can configure it.
    return isIP(name) !== 0 && (name === plainAddress(localAddress ?? '') || this.ownAddresses().includes(name));
  }
}

/** An IPv4 address without its IPv6 form (::ffff:10.0.0.7). */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}
