/** Something to be found in texts, of at most 65,535 units. */
export interface Phrase {
  units: Uint16Array;
  /** Counts only where no letter or digit stands beside it. For phrases of at most 15 units. */
  wholeWord: boolean;
}

const ROOT = 0;
const NONE = 0;

/** All beginnings of phrases as a tree of numbered states; 0 is the root. */
export class PhraseTree {
  /** For each code unit its number among those that occur in phrases; 0: in none. */
  readonly symbolOf = new Uint16Array(65_536);
  symbols = 1;
  states = 1;
  readonly parents: Int32Array;
  /** Per state: the symbol that leads to it. */
  readonly symbolsTo: Uint16Array;
  /** Per state: the length of the phrase that ends here, and in the high half the length of the whole word, as a bit. */
  readonly ends: Int32Array;
  private readonly firstChild: Int32Array;
  private readonly nextSibling: Int32Array;

  constructor(phrases: readonly Phrase[]) {
    const most = phrases.reduce((sum, { units }) => sum + units.length, 1);
    this.parents = new Int32Array(most);
    this.symbolsTo = new Uint16Array(most);
    this.ends = new Int32Array(most);
    this.firstChild = new Int32Array(most);
    this.nextSibling = new Int32Array(most);
    for (const phrase of phrases) this.insert(phrase);
  }

  childrenOf(state: number): number[] {
    const children: number[] = [];
    for (let child = this.firstChild[state] ?? NONE; child !== NONE; child = this.nextSibling[child] ?? NONE) children.push(child);
    return children;
  }

  /** The states, those nearest to the root first. */
  byDepth(): number[] {
    const order = [ROOT];
    for (const state of order) order.push(...this.childrenOf(state));
    return order;
  }

  private insert({ units, wholeWord }: Phrase): void {
    let state = ROOT;
    for (const unit of units) state = this.child(state, this.symbol(unit));
    this.ends[state] = (this.ends[state] ?? 0) | (wholeWord ? 1 << (16 + units.length) : units.length);
  }

  private symbol(unit: number): number {
    const known = this.symbolOf[unit] ?? 0;
    if (known !== 0) return known;
    this.symbolOf[unit] = this.symbols;
    return this.symbols++;
  }

  private child(state: number, symbol: number): number {
    for (let child = this.firstChild[state] ?? NONE; child !== NONE; child = this.nextSibling[child] ?? NONE) {
      if (this.symbolsTo[child] === symbol) return child;
    }
    const made = this.states++;
    this.parents[made] = state;
    this.symbolsTo[made] = symbol;
    this.nextSibling[made] = this.firstChild[state] ?? NONE;
    this.firstChild[state] = made;
    return made;
  }
}
