// A cable to a camera: a network namespace behind a veth, which can be cut. It needs root and iproute2. The namespace
// lives as long as what runs in it, and the veth lives as long as the namespace. So all of it goes with this process,
// however this process ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endWithUs, letUsGo } from './janitor';
import { runToEnd } from './run';

export interface Cable {
  /** Of the far end. What listens there is started with `within`. */
  address: string;
  /** In front of a command: it runs at the far end. */
  within: string[];
  /** The far end loses its link; nobody is told. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** The far end takes every packet and answers none, as a firewall does that drops. */
  mute(): Promise<void>;
  unmute(): Promise<void>;
  remove(): Promise<void>;
}

const FAR = 'eth0';
const FAR_MAC = '02:00:5e:00:53:02';
let laid = 0;

/** In 198.18.0.0/15, which is for tests (RFC 2544) and leads nowhere. */
function addresses(): { near: string; far: string } {
  const net = (process.pid * 8 + laid) % 2 ** 15;
  const host = (last: number): string => `198.${18 + (net >> 14)}.${(net >> 6) & 0xff}.${((net & 0x3f) << 2) + last}`;
  return { near: host(1), far: host(2) };
}

export async function layCable(): Promise<Cable> {
  const interfaceName = `vr${process.pid}c${laid++}`;
  const { near, far } = addresses();
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec cat'], { stdio: ['pipe', 'pipe', 'pipe'] });
  endWithUs(holder);
  letUsGo(holder);
  const exited = once(holder, 'exit');
  const within = ['nsenter', `--net=/proc/${holder.pid ?? 0}/ns/net`];
  const run = async (command: string, words: string[]): Promise<void> => {
    await runToEnd(command, words);
  };
  const ip = (...words: string[]): Promise<void> => run('ip', words);
  const farIp = (...words: string[]): Promise<void> => run('nsenter', [...within.slice(1), 'ip', ...words]);
  const remove = async (): Promise<void> => {
    holder.stdin.end();
    await exited;
    await ip('link', 'del', interfaceName).catch(() => undefined); // it goes with the namespace, a little later
  };
  try {
    await Promise.race([
      once(holder.stdout, 'data'),
      exited.then(() => Promise.reject(new Error('no network namespace: that needs root'))),
    ]);
    await ip(
      'link',
      'add',
      interfaceName,
      'type',
      'veth',
      'peer',
      'name',
      FAR,
      'address',
      FAR_MAC,
      'netns',
      `${holder.pid ?? 0}`,
    );
    await ip('addr', 'add', `${near}/30`, 'dev', interfaceName);
    await ip('link', 'set', interfaceName, 'up');
    await farIp('addr', 'add', `${far}/30`, 'dev', FAR);
    await farIp('link', 'set', FAR, 'up');
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    address: far,
    within,
    cut: () => farIp('link', 'set', FAR, 'down'),
    mend: () => farIp('link', 'set', FAR, 'up'),
    mute: async () => {
      // Who has no answer to ARP gets an error from its own kernel; who drops answers ARP and nothing else.
      await ip('neigh', 'replace', far, 'lladdr', FAR_MAC, 'dev', interfaceName, 'nud', 'permanent');
      await farIp('route', 'add', 'blackhole', `${near}/32`);
    },
    unmute: async () => {
      await farIp('route', 'del', 'blackhole', `${near}/32`);
      await ip('neigh', 'del', far, 'dev', interfaceName);
    },
    remove,
  };
}
