// A proof prints tables, and its aims with what came of them. A missed aim is exit code 1, or a failed test.

export type Cell = string | number;

export class Report {
  /** Each aim that was not met, with the figure that came instead. */
  readonly missed: string[] = [];

  met = 0;

  constructor(private readonly print: (text: string) => void) {}

  say(text: string): void {
    this.print(`${text}\n`);
  }

  /** Markdown, so that it can go into docs/benchmarks.md as it is. */
  table(head: string[], rows: Cell[][]): void {
    const lines = [
      head,
      head.map((_, column) => (column === 0 ? '---' : '---:')),
      ...rows.map((row) => row.map(String)),
    ];
    this.say(`\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
  }

  /** @param what the aim as a sentence, with its limit; @param got the figure */
  aim(what: string, got: Cell, met: boolean): void {
    if (met) this.met++;
    else this.missed.push(`${what}: ${got}`);
    this.say(`${met ? 'met   ' : 'MISSED'}  ${what}: ${got}`);
  }
}
