/**
 * Wrong tokens cost time, for each address and in all. What others do shuts nobody out: an address that has not guessed
 * yet is always heard at once. Where many guess at the same time, each gets one try instead of five, and waits longer.
 */
import { isIPv6 } from 'node:net';
import type { Clock } from '@vr/base';

/** A person may mistype. */
const FREE_TRIES = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 300_000;
/** An address that was quiet for this long starts again. */
const FORGOTTEN_AFTER_MS = 3_600_000;

/** This many wrong tokens, from anybody, are an attack. They are forgotten one by one. */
const MANY = 60;
const MOST_COUNTED = 2 * MANY;
const FORGET_ONE_AFTER_MS = 10_000;
const FREE_TRIES_AMONG_MANY = 1;
const FIRST_WAIT_AMONG_MANY_MS = 30_000;

const MOST_ADDRESSES = 10_000;

interface Guesser {
  wrong: number;
  lastMs: number;
  /** monotonic */
  mayTryAtMs: number;
  lastGiven: string;
}

export class WrongTokens {
  /** The one that was wrong longest ago is first. */
  private readonly guessers = new Map<string, Guesser>();
  private inAll = 0;
  private countedAtMs = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** How many addresses are remembered. */
  get addresses(): number {
    return this.guessers.size;
  }

  /** How long the address must wait until its next token is looked at. */
  waitMs(address: string): number {
    const guesser = this.guessers.get(networkOf(address));
    return Math.max(0, (guesser?.mayTryAtMs ?? 0) - this.clock.monotonicMs());
  }

  /**
   * An address gave a wrong token.
   * @param given tells tokens apart. The same token again is no new guess: it is a program that has an old token.
   * @returns whether it was a new guess
   */
  count(address: string, given: string): boolean {
    const nowMs = this.clock.monotonicMs();
    const network = networkOf(address);
    const known = this.guessers.get(network);
    const before = known && nowMs - known.lastMs < FORGOTTEN_AFTER_MS ? known : undefined;
    if (before?.lastGiven === given) return false;
    const many = this.countInAll(nowMs) > MANY;
    const wrong = (before?.wrong ?? 0) + 1;
    const [freeTries, firstWaitMs] = many
      ? [FREE_TRIES_AMONG_MANY, FIRST_WAIT_AMONG_MANY_MS]
      : [FREE_TRIES, FIRST_WAIT_MS];
    const waitMs = wrong < freeTries ? 0 : Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** (wrong - freeTries));
    this.guessers.delete(network);
    this.guessers.set(network, { wrong, lastMs: nowMs, mayTryAtMs: nowMs + waitMs, lastGiven: given });
    for (const oldest of this.guessers.keys()) {
      if (this.guessers.size <= MOST_ADDRESSES) break;
      this.guessers.delete(oldest);
    }
    return true;
  }

  private countInAll(nowMs: number): number {
    const forgotten = Math.floor((nowMs - this.countedAtMs) / FORGET_ONE_AFTER_MS);
    this.inAll = Math.min(MOST_COUNTED, Math.max(0, this.inAll - forgotten) + 1);
    this.countedAtMs += forgotten * FORGET_ONE_AFTER_MS;
    return this.inAll;
  }
}

/** Whoever has one IPv6 address has all addresses of its /64. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('%')) return address;
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  return `${[...groups, ...Array<string>(missing).fill('0')].slice(0, 4).join(':')}::/64`;
}
