// Where a frame's URL may lead. It comes from outside: left alone, it would make us fetch from places that only we can reach
// (server-side request forgery): this machine's own services, a cloud's metadata at 169.254.169.254.
import { BlockList, isIP } from 'node:net';
import { ContractError } from '@vr/contracts';

const closed = new BlockList();
closed.addSubnet('127.0.0.0', 8, 'ipv4');
closed.addSubnet('169.254.0.0', 16, 'ipv4');
closed.addSubnet('0.0.0.0', 8, 'ipv4');
closed.addAddress('::1', 'ipv6');
closed.addAddress('::', 'ipv6');
closed.addSubnet('fe80::', 10, 'ipv6');
// Cloud metadata over IPv6 (AWS).
closed.addSubnet('fd00:ec2::', 32, 'ipv6');

export type FrameHosts = readonly string[] | undefined;

/** The URL, if it is http(s) and FRAME_HOSTS allows its host. Names are resolved later: see `isClosedAddress`. */
export function checkFrameUrl(text: string, hosts: FrameHosts): URL {
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(url, 'wanted http or https');
  if (hosts) {
    if (!hosts.includes(url.hostname) && !hosts.includes(url.host)) throw refused(url, 'its host is not in FRAME_HOSTS');
    return url;
  }
  const address = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && isClosedAddress(address)) throw refused(url, 'it leads to this machine or its link: name its host in FRAME_HOSTS if that is meant');
  return url;
}

/** This machine or its link; IPv4 also in its IPv6 clothing (::ffff:127.0.0.1). */
export function isClosedAddress(address: string): boolean {
  return closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refused(url: URL, why: string): ContractError {
  return new ContractError('invalid_payload', `the frame at ${url.host} is not fetched: ${why}`);
}
