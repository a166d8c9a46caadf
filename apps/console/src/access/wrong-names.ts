/**
 * Wrong passwords cost time for each name too, because many addresses can guess one. The wait stays short, and an
 * address that signed in by the name before does not wait. So nobody can lock a user out.
 */
import type { Clock } from '@vr/base';
import { networkOf } from './wrong-tokens';

/** People of one house may mistype. */
const FREE_TRIES = 10;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** A name that was left in peace for this long starts again. */
const FORGOTTEN_AFTER_MS = 3_600_000;
/** To be forgotten by other names costs a guesser more time than to wait: passwords are looked at one by one. */
const MOST_NAMES = 10_000;
const MOST_NETWORKS = 20;

interface Guessed {
  wrong: number;
  lastMs: number;
  /** monotonic */
  mayTryAtMs: number;
}

export class WrongNames {
  /** The one that was guessed longest ago is first. Names of nobody count alike: the wait tells nothing about names. */
  private readonly guessed = new Map<string, Guessed>();
  /** Only names of users come here. The network that signed in longest ago is first. */
  private readonly networks = new Map<string, Set<string>>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** How many names are remembered. */
  get names(): number {
    return this.guessed.size;
  }

  /** How long this address must wait until its next password for the name is looked at. */
  waitMs(name: string, address: string): number {
    if (this.networks.get(name)?.has(networkOf(address))) return 0;
    return Math.max(0, (this.guessed.get(name)?.mayTryAtMs ?? 0) - this.clock.monotonicMs());
  }

  /** Somebody gave a wrong password for the name. */
  count(name: string): void {
    const nowMs = this.clock.monotonicMs();
    const known = this.guessed.get(name);
    const wrong = 1 + (known && nowMs - known.lastMs < FORGOTTEN_AFTER_MS ? known.wrong : 0);
    const waitMs = wrong < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (wrong - FREE_TRIES));
    this.guessed.delete(name);
    this.guessed.set(name, { wrong, lastMs: nowMs, mayTryAtMs: nowMs + waitMs });
    forgetOldest(this.guessed, MOST_NAMES);
  }

  /** Somebody at this address gave the right password. */
  signedIn(name: string, address: string): void {
    const networks = this.networks.get(name) ?? new Set();
    const network = networkOf(address);
    networks.delete(network);
    networks.add(network);
    forgetOldest(networks, MOST_NETWORKS);
    this.networks.delete(name);
    this.networks.set(name, networks);
    forgetOldest(this.networks, MOST_NAMES);
  }
}

/** Maps and sets keep the order in which their entries came. */
function forgetOldest(kept: { size: number; keys(): Iterable<string>; delete(key: string): boolean }, most: number) {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
}
