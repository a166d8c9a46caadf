// `npm run proof` and `npm run bench`: one command each, with a sub-command for each thing that is shown or measured.
// Without a name they list what there is. Exit code: 0 all is as wanted, 1 something is not, 2 it could not be run.
import { parseArgs } from 'node:util';
import { buildApp, type AppName } from './build-command';

export interface LongCommand {
  /** one line: what it shows */
  shows: string;
  /** how long it takes with its defaults */
  takes: string;
  /** Options and their defaults, as one writes them on the command line. */
  defaults: Readonly<Record<string, string>>;
  /** These apps are built first. */
  builds: readonly AppName[];
  /** @returns whether all is as wanted */
  run: (options: Options) => Promise<boolean>;
}

export type LongCommands = Readonly<Record<string, LongCommand>>;

/** What a person typed cannot be read: told without a stack. */
class UsageError extends Error {
  override name = 'wrong usage';
}

/** The options of one call; a value that is no such thing is an error that names the option. */
export class Options {
  constructor(private readonly values: Readonly<Record<string, string | undefined>>) {}

  text(name: string): string {
    const value = this.values[name];
    if (value === undefined) throw new UsageError(`--${name} is no option of this command`);
    return value;
  }

  /** A whole number from 1 on. */
  whole(name: string): number {
    return wholeNumber(name, this.text(name));
  }

  /** Whole numbers from 1 on, with commas between them. */
  wholes(name: string): number[] {
    return this.text(name)
      .split(',')
      .map((each) => wholeNumber(name, each));
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = choices.find((each) => each === this.text(name));
    if (value === undefined)
      throw new UsageError(`--${name}: wanted one of ${choices.join(', ')}, got "${this.text(name)}"`);
    return value;
  }

  positive(name: string): number {
    const value = Number(this.text(name));
    if (!(value > 0)) throw new UsageError(`--${name}: wanted a number above 0, got "${this.text(name)}"`);
    return value;
  }

  /** Width and height, as in 1920x1080. */
  size(name: string): string {
    const value = this.text(name);
    if (!/^\d+x\d+$/.test(value))
      throw new UsageError(`--${name}: wanted width and height as in 1920x1080, got "${value}"`);
    return value;
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--${name}: wanted a whole number from 1 on, got "${text}"`);
  return value;
}

/** One line for each sub-command, and one for its options. */
export function listOf(script: string, commands: LongCommands): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).flatMap(([name, { shows, takes, defaults }]) => {
    const options = Object.entries(defaults).map(([option, value]) => `--${option} ${value}`);
    return [
      `  ${name.padEnd(width)}  ${shows} (${takes})`,
      ...(options.length > 0 ? [`  ${' '.repeat(width)}    ${options.join(' ')}`] : []),
    ];
  });
  return [`npm run ${script} -- NAME [OPTIONS], with these defaults:`, '', ...lines, ''].join('\n');
}

/** Runs the sub-command that the command line names, and ends this process. */
export function runLongCommand(script: string, commands: LongCommands): void {
  setInterval(() => undefined, 60_000); // the processes of libs/testing alone do not keep ours alive
  execute(script, commands, process.argv.slice(2)).then(
    (isAsWanted) => process.exit(isAsWanted ? 0 : 1),
    (error: unknown) => {
      const told = error instanceof Error && !(error instanceof UsageError) ? error.stack : String(error);
      process.stderr.write(`${told ?? ''}\n`);
      process.exit(2);
    },
  );
}

async function execute(script: string, commands: LongCommands, [name, ...args]: string[]): Promise<boolean> {
  if (name === undefined) {
    process.stdout.write(listOf(script, commands));
    return true;
  }
  const command = commands[name];
  if (!command) throw new UsageError(`wanted one of ${Object.keys(commands).join(', ')}, got "${name}"`);
  const options = Object.fromEntries(
    Object.entries(command.defaults).map(([option, value]) => [option, { type: 'string' as const, default: value }]),
  );
  const { values } = parseArgs({ args, options });
  const given = new Options(Object.fromEntries(Object.entries(values).map(([option, value]) => [option, value])));
  for (const app of command.builds) await buildApp(app);
  return command.run(given);
}
