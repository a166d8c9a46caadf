// Finds any of many phrases in a text, in one walk, by numbers instead of letters (Rabin and Karp, 1987). A place costs
// one look, however the text is made. Where a phrase may begin, it costs one more for each length of the phrases that
// begin alike. A place may have a phrase's number by chance (one in four billion). That is one mask too many, never one
// too few.
import { Ranges } from './ranges';
import { isLetterOrDigit, unitAt } from './units';

/** A phrase to find in texts. */
export interface Phrase {
  units: Uint16Array;
  /** Whether it counts only where no letter or digit stands beside it. */
  wholeWord: boolean;
}

/**
 * No phrase is shorter. The first units of a phrase are its head. Phrases whose heads have the same number form a
 * group.
 */
export const HEAD_UNITS = 4;
/** Each unit pushes the earlier ones up by 4 bits, so that a number of 16 bits knows 4 units. */
const HEAD_SHIFT = 4;
const HEAD_MASK = 0xffff;
const SCATTERED = new Uint16Array(HEAD_MASK + 1).map((_, unit) => Math.imul(unit + 1, 0x9e3779b1) >>> 16);
const BASE = 0x01000193;
/** We make this many sums at a time. */
const SUMS_AHEAD = 256;
// A global is slow to reach from inside a test's own context.
const { imul } = Math;

export class PhraseFinder {
  /**
   * Gives the group of each head's number, or 0, and where each group begins among the phrases. A group's phrases stand
   * in order of length, the longest first.
   */
  private readonly groupOf = new Uint16Array(HEAD_MASK + 1);
  private readonly groupFrom: Int32Array;
  private readonly lengths: Uint16Array;
  private readonly numbers: Int32Array;
  private readonly lastUnits: Uint16Array;
  private readonly wholeWords: Uint8Array;
  private readonly powers: Int32Array;
  /**
   * Sums from some beginning up to each place, as far back as the longest phrase. Two of them make the number of what
   * lies between.
   */
  private readonly sums: Int32Array;
  /** The place that the sums reach, and the last sum. */
  private summed = 0;
  private sum = 0;

  constructor(phrases: readonly Phrase[]) {
    const groups: Phrase[][] = [[]];
    for (const phrase of phrases) {
      const head = phrase.units.subarray(0, HEAD_UNITS).reduce(nextHead, 0);
      const group = (this.groupOf[head] ||= groups.push([]) - 1);
      groups[group]?.push(phrase);
    }
    const sorted = groups.flatMap((group) => group.sort((a, b) => b.units.length - a.units.length));
    this.groupFrom = new Int32Array(groups.length + 1);
    for (const [group, { length }] of groups.entries())
      this.groupFrom[group + 1] = (this.groupFrom[group] ?? 0) + length;
    this.lengths = Uint16Array.from(sorted, ({ units }) => units.length);
    this.numbers = Int32Array.from(sorted, ({ units }) => units.reduce(nextSum, 0));
    this.lastUnits = Uint16Array.from(sorted, ({ units }) => units.at(-1) ?? 0);
    this.wholeWords = Uint8Array.from(sorted, ({ wholeWord }) => (wholeWord ? 1 : 0));
    const longest = this.lengths.reduce((most, length) => Math.max(most, length), HEAD_UNITS);
    this.powers = new Int32Array(longest + 1).fill(1);
    for (let i = 1; i <= longest; i++) this.powers[i] = imul(this.powers[i - 1] ?? 0, BASE);
    this.sums = new Int32Array(2 ** Math.ceil(Math.log2(longest + SUMS_AHEAD + 1)));
  }

  /** Finds every place where a phrase stands. */
  find(units: Uint16Array): Ranges {
    const { groupOf } = this;
    const found = new Ranges();
    this.summed = this.sum = this.sums[0] = 0;
    let head = 0;
    for (let at = 0; at < units.length; at++) {
      head = nextHead(head, units[at] ?? 0);
      const group = groupOf[head] ?? 0;
      if (group !== 0 && at + 1 >= HEAD_UNITS) this.look(units, at + 1 - HEAD_UNITS, group, found);
    }
    return found;
  }

  /** Whether a phrase of the group begins here. */
  private look(units: Uint16Array, from: number, group: number, found: Ranges): void {
    const { lengths, lastUnits, sums } = this;
    const ringMask = sums.length - 1;
    const end = this.groupFrom[group + 1] ?? 0;
    for (let i = this.groupFrom[group] ?? 0; i < end; i++) {
      const length = lengths[i] ?? 0;
      const to = from + length;
      if (to > units.length || units[to - 1] !== lastUnits[i]) continue;
      if (to > this.summed) this.goOn(units, from, to);
      const number = ((sums[to & ringMask] ?? 0) - imul(sums[from & ringMask] ?? 0, this.powers[length] ?? 0)) | 0;
      if (number !== this.numbers[i] || (this.wholeWords[i] === 1 && !isWholeWord(units, from, to))) continue;
      found.add(from, to);
      return;
    }
  }

  /** Makes sums as far as `to`, and some more. Nobody asks again for a part that begins before `from`. */
  private goOn(units: Uint16Array, from: number, to: number): void {
    const { sums } = this;
    const ringMask = sums.length - 1;
    let { summed, sum } = this;
    if (from > summed) sums[(summed = from) & ringMask] = sum = 0;
    const end = Math.min(to + SUMS_AHEAD, units.length);
    while (summed < end) {
      sum = nextSum(sum, units[summed] ?? 0);
      sums[++summed & ringMask] = sum;
    }
    this.summed = summed;
    this.sum = sum;
  }
}

function nextHead(head: number, unit: number): number {
  return ((head << HEAD_SHIFT) ^ (SCATTERED[unit] ?? 0)) & HEAD_MASK;
}

function nextSum(sum: number, unit: number): number {
  return (imul(sum, BASE) + unit) | 0;
}

function isWholeWord(units: Uint16Array, from: number, to: number): boolean {
  return !isLetterOrDigit(unitAt(units, from - 1)) && !isLetterOrDigit(unitAt(units, to));
}
