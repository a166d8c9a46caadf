import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endWithUs, letUsGo } from './janitor';
import { until } from './until';

/** A real server on 127.0.0.1. Its data stays over stop, kill and restart, and goes with the test process. */
export interface Server {
  url: string;
  port: number;
  /** of the process that runs now (a new one after a restart) */
  readonly pid: number;
  /** SIGTERM, and waits for the end */
  stop(): Promise<void>;
  /** SIGKILL, and waits for the end */
  kill(): Promise<void>;
  /** Ends it where it still runs, and starts it again on the same port with the same data. */
  restart(): Promise<void>;
}

interface ServerOptions {
  name: string;
  url: string;
  port: number;
  command: string;
  arguments: string[];
  environment?: Record<string, string>;
  /** @param output what this very process has said so far. A port that answers may be another program's. */
  isReady: (output: string) => boolean | Promise<boolean>;
  readyWithinMs?: number;
}

const KEPT_OUTPUT_CHARACTERS = 8000;
const STOP_WITHIN_MS = 15_000;

class ServerProcess implements Server {
  readonly url: string;
  readonly port: number;
  private child: ChildProcess | undefined;
  private output = '';

  constructor(private readonly options: ServerOptions) {
    this.url = options.url;
    this.port = options.port;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.options.name} has never run`);
    return this.child.pid;
  }

  async start(): Promise<void> {
    const { name, command, isReady, readyWithinMs = 10_000 } = this.options;
    this.output = '';
    const child = spawn(command, this.options.arguments, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    endWithUs(child);
    for (const stream of [child.stdout, child.stderr])
      stream
        .setEncoding('utf8')
        .on('data', (text: string) => (this.output = (this.output + text).slice(-KEPT_OUTPUT_CHARACTERS)));
    letUsGo(child);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    child.once(
      'exit',
      (code, signal) => (failure ??= new Error(`${name} ended by itself (${signal ?? `exit ${code ?? '?'}`})`)),
    );
    try {
      await until(async () => (failure ? true : isReady(this.output)), {
        what: `${name} on port ${this.port}`,
        deadlineMs: readyWithinMs,
      });
      if (failure) throw failure;
    } catch (error) {
      await this.kill();
      throw new Error(`${name} did not start: ${this.output.trim()}`, { cause: error });
    }
  }

  stop = () => this.end('SIGTERM');
  kill = () => this.end('SIGKILL');
  restart = async () => {
    await this.stop();
    await this.start();
  };

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT'); // a frozen process handles SIGTERM only once it goes on
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(patience);
  }
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const server = new ServerProcess(options);
  await server.start();
  return server;
}
