// Finds any of many phrases in a text, in one walk: the automaton of Aho and Corasick (1975). A step costs the same however many
// phrases there are and however the text is made, so that neither a long list of secrets nor a hostile text makes it slow.
import { PhraseTree, type Phrase } from './phrase-tree';
import { Ranges } from './ranges';
import { isLetterOrDigit, unitAt } from './units';

const ROOT = 0;
const NO_ROW = -1;
/** No unit has this symbol. */
const NO_SYMBOL = 0;
/** Nor this one: of a state with no way on. */
const NO_WAY = 0xffff;
/** No state has this code. */
const NO_CODE = -1;
const LENGTH = 0xffff;
const WORDS_SHIFT = 16;
// A global is slow to reach from inside a test's own context.
const { clz32 } = Math;

/**
 * A state is a beginning of phrases. The walk knows it by a code, so that a step is one look into memory where there are several ways
 * on: for a state with a row of ways, twice the place of the row; for one with a single way, which leads to the next number,
 * `-(state + 1) * 2`. A code is odd where phrases end.
 */
export class PhraseFinder {
  private readonly symbolOf: Uint16Array;
  private readonly symbols: number;
  private readonly codes: Int32Array;
  /** Codes: where each symbol leads from the state of the row, also where that leaves its phrases. */
  private readonly rows: Int32Array;
  private readonly stateOfRow: number[];
  /** Per state without a row: the symbol that leads on. */
  private readonly onlyWay: Uint16Array;
  /** Per state, a code: its longest proper suffix that is a state, to go on from where its one way does not fit. */
  private readonly fallback: Int32Array;
  /** Per state: the length of the longest phrase that ends here, or 0, and in the high half the lengths of whole words, as bits. */
  private readonly ends: Int32Array;

  constructor(phrases: readonly Phrase[]) {
    const tree = new PhraseTree(phrases);
    this.symbolOf = tree.symbolOf;
    this.symbols = tree.symbols;
    this.ends = tree.ends;
    const links = new Links(tree);
    this.onlyWay = links.onlyWay;
    this.stateOfRow = links.stateOfRow;
    this.codes = new Int32Array(tree.states);
    for (let state = 0; state < tree.states; state++) {
      const row = links.rowOf[state] ?? NO_ROW;
      this.codes[state] = (row === NO_ROW ? -(state + 1) * 2 : row * 2) + (this.ends[state] === 0 ? 0 : 1);
    }
    this.rows = links.rows.map((state) => this.codes[state] ?? ROOT);
    this.fallback = links.fallback.map((state) => this.codes[state] ?? ROOT);
  }

  /** Every place where a phrase stands. */
  find(units: Uint16Array): Ranges {
    const { symbolOf, rows, codes, onlyWay, fallback } = this;
    const found = new Ranges();
    let code = ROOT;
    for (let at = 0; at < units.length; at++) {
      const symbol = symbolOf[units[at] ?? 0] ?? NO_SYMBOL;
      if (symbol === NO_SYMBOL) {
        code = ROOT;
        continue;
      }
      let next = NO_CODE;
      while (code < 0 && next === NO_CODE) {
        const state = -(code >> 1) - 1;
        if (onlyWay[state] === symbol) next = codes[state + 1] ?? ROOT;
        else code = fallback[state] ?? ROOT;
      }
      code = next === NO_CODE ? (rows[(code >> 1) + symbol] ?? ROOT) : next;
      if ((code & 1) === 1) addPhrases(found, units, at + 1, this.ends[this.stateOf(code)] ?? 0);
    }
    return found;
  }

  private stateOf(code: number): number {
    return code < 0 ? -(code >> 1) - 1 : (this.stateOfRow[(code >> 1) / this.symbols] ?? ROOT);
  }
}

/** What the tree does not say by itself: where to go on from a state when no phrase goes on. */
class Links {
  readonly onlyWay: Uint16Array;
  readonly rowOf: Int32Array;
  readonly stateOfRow: number[];
  readonly rows: Int32Array;
  readonly fallback: Int32Array;

  constructor(private readonly tree: PhraseTree) {
    const order = tree.byDepth();
    this.fallback = new Int32Array(tree.states);
    this.onlyWay = new Uint16Array(tree.states).fill(NO_WAY);
    this.rowOf = new Int32Array(tree.states).fill(NO_ROW);
    this.stateOfRow = [];
    for (const state of order) {
      const [child, ...others] = tree.childrenOf(state);
      if (state === ROOT || others.length > 0 || (child !== undefined && child !== state + 1)) this.rowOf[state] = this.stateOfRow.push(state) - 1;
      else if (child !== undefined) this.onlyWay[state] = tree.symbolsTo[child] ?? NO_WAY;
    }
    this.rows = new Int32Array(this.stateOfRow.length * tree.symbols);
    for (const state of this.stateOfRow) this.rowOf[state] = (this.rowOf[state] ?? 0) * tree.symbols;
    // A state needs what its fallback knows, and that lies nearer to the root.
    for (const state of order) this.complete(state);
  }

  private complete(state: number): void {
    const { tree, rows } = this;
    const parent = tree.parents[state] ?? ROOT;
    const fallback = parent === ROOT ? ROOT : this.step(this.fallback[parent] ?? ROOT, tree.symbolsTo[state] ?? NO_SYMBOL);
    this.fallback[state] = fallback;
    const [own, inherited] = [tree.ends[state] ?? 0, tree.ends[fallback] ?? 0];
    tree.ends[state] = ((own | inherited) & ~LENGTH) | (own & LENGTH || inherited & LENGTH);
    const row = this.rowOf[state] ?? NO_ROW;
    if (row === NO_ROW) return;
    if (state !== ROOT) for (let symbol = 1; symbol < tree.symbols; symbol++) rows[row + symbol] = this.step(fallback, symbol);
    for (const child of tree.childrenOf(state)) rows[row + (tree.symbolsTo[child] ?? NO_SYMBOL)] = child;
  }

  private step(from: number, symbol: number): number {
    let state = from;
    while (this.rowOf[state] === NO_ROW) {
      if (this.onlyWay[state] === symbol) return state + 1;
      state = this.fallback[state] ?? ROOT;
    }
    return this.rows[(this.rowOf[state] ?? 0) + symbol] ?? ROOT;
  }
}

function addPhrases(found: Ranges, units: Uint16Array, to: number, end: number): void {
  const longest = end & LENGTH;
  if (longest !== 0) found.add(to - longest, to);
  const words = end >>> WORDS_SHIFT;
  if (words === 0 || isLetterOrDigit(unitAt(units, to))) return;
  for (let length = 31 - clz32(words); length > longest; length--) {
    if ((words & (1 << length)) === 0 || isLetterOrDigit(unitAt(units, to - length - 1))) continue;
    found.add(to - length, to);
    return;
  }
}
