// Where a frame's URL may lead. It comes from outside: left alone, it would make us fetch from places that only we can
// reach (server-side request forgery): this machine's own services, a cloud's metadata at 169.254.169.254.
//
// FRAME_HOSTS names the hosts, and then only they are asked. Without it: private networks only, because a stream
// manager stands beside its cameras. Neither this machine (its services trust whoever comes from it) nor the internet
// (nobody's camera): there a URL is a mistake or an attempt.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ContractError } from '@vr/contracts';

export type FrameHosts = readonly string[] | undefined;

export interface Address {
  address: string;
  family: 4 | 6;
}

const privateNetworks = new BlockList();
privateNetworks.addSubnet('10.0.0.0', 8, 'ipv4');
privateNetworks.addSubnet('172.16.0.0', 12, 'ipv4');
privateNetworks.addSubnet('192.168.0.0', 16, 'ipv4');
privateNetworks.addSubnet('100.64.0.0', 10, 'ipv4'); // RFC 6598; VPNs between machines use it
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

/** No stream manager has such an address, whatever a listed name leads to. */
const never = new BlockList();
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('0.0.0.0', 8, 'ipv4');
never.addSubnet('224.0.0.0', 3, 'ipv4');
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');
// Clouds tell their machines things here, keys among them, beside 169.254.169.254: AWS, Google, Alibaba.
never.addSubnet('fd00:ec2::', 32, 'ipv6');
never.addAddress('fd20:ce::254', 'ipv6');
never.addAddress('100.100.100.200', 'ipv4');

/** The URL, if it is http(s) and its host (with or without a port) stands in FRAME_HOSTS, where that is set. */
export function checkFrameUrl(text: string, hosts: FrameHosts): URL {
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(url, 'wanted http or https');
  if (hosts && !hosts.includes(url.hostname) && !hosts.includes(url.host))
    throw refused(url, 'its host is not in FRAME_HOSTS');
  return url;
}

/**
 * The addresses that the URL's host leads to and that may be asked. Names are resolved here, once: the connection goes
 * to what was checked, so a name that changes its mind in between (DNS rebinding) gains nothing.
 */
export async function openAddresses(url: URL, hosts: FrameHosts, interfaces = networkInterfaces): Promise<Address[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host, family: isIP(host) }];
  const own = ownAddresses(interfaces());
  const isOthers = (address: string): boolean => isPrivateAddress(address) && !isIn(own, address);
  const open = addresses.filter(({ address }) =>
    hosts ? !isIn(never, address) || address === host : isOthers(address),
  );
  if (open.length > 0) return open.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  throw refused(
    url,
    hosts
      ? 'it leads to a link-local address'
      : 'it does not lead to another machine of a private network: name its host in FRAME_HOSTS if that is meant',
  );
}

/** This machine's addresses as they are now: a lease, a VPN and a container's network change them. */
function ownAddresses(interfaces: ReturnType<typeof networkInterfaces>): BlockList {
  const own = new BlockList();
  for (const { address, family } of Object.values(interfaces).flatMap((all) => all ?? []))
    own.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  return own;
}

/** In a private network, where machines other than this one are; IPv4 also in its IPv6 clothing (::ffff:10.0.0.1). */
export function isPrivateAddress(address: string): boolean {
  return isIn(privateNetworks, address) && !isIn(never, address);
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refused(url: URL, why: string): ContractError {
  return new ContractError('invalid_payload', `the frame at ${url.host} is not fetched: ${why}`);
}
