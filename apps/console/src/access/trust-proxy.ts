import { isIP } from 'node:net';
import { z } from 'zod';

/** Names that Express knows for networks. */
const NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * CONSOLE_TRUST_PROXY as Express takes it. `true` is one proxy: whoever connects to us. Express's own `true` would
 * believe whatever a requester writes into X-Forwarded-For.
 */
export const trustProxy = z.string().transform((text, context): boolean | number | string[] => {
  if (text === 'false' || text === '0') return false;
  if (text === 'true') return 1;
  if (/^[1-9]$/.test(text)) return Number(text);
  const proxies = text
    .split(',')
    .map((proxy) => proxy.trim())
    .filter(Boolean);
  if (proxies.length > 0 && proxies.every(isNetwork)) return proxies;
  context.addIssue({
    code: 'custom',
    message:
      'wanted true, false, how many proxies (1 to 9), or their addresses by commas, as in "loopback,172.16.0.0/12"',
  });
  return z.NEVER;
});

function isNetwork(text: string): boolean {
  if (NETWORKS.includes(text)) return true;
  const [address = '', bits, rest] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return most > 0 && rest === undefined && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}
