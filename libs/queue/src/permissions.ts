/** What the queues need and Redis' user may not do. */
import { errorText } from '@vr/base';
import type { Redis } from 'ioredis';

const FORGOTTEN_MS = 60_000;
const ADVICE = 'give it ~bull:* and +@all -@dangerous';
const FORBIDDEN_IN_SCRIPT = "The user executing the script can't run";

/** One command of each kind that BullMQ's scripts use. None changes anything, because the key does not exist. */
const IN_SCRIPTS = [
  "'DEL', key",
  "'PEXPIRE', key, 1",
  "'GET', key",
  "'HDEL', key, 'f'",
  "'LREM', key, 0, 'm'",
  "'SREM', key, 'm'",
  "'ZREM', key, 'm'",
  "'XADD', key, 'NOMKSTREAM', '*', 'f', 'v'",
];
const PROBE = `
  local key = KEYS[1]
  for _, command in ipairs({${IN_SCRIPTS.map((words) => `{${words}}`).join(', ')}}) do
    local said = redis.pcall(unpack(command))
    if type(said) == 'table' and said.err and string.find(said.err, ARGV[1], 1, true) then return command[1] end
  end
  return ''`;

export function isForbidden(error: unknown): boolean {
  const said = errorText(error);
  return said.startsWith('NOPERM') || said.includes(FORBIDDEN_IN_SCRIPT);
}

/**
 * The commands that Redis refused on any connection of the process. A command stays here until it is allowed, or for a
 * minute after somebody last wanted it.
 */
export class Permissions {
  private readonly refused = new Map<string, NodeJS.Timeout>();

  /** A sentence about what the user may not do. It is undefined where nothing was refused. */
  get trouble(): string | undefined {
    const names = [...this.refused.keys()].map((name) => name.toUpperCase()).sort();
    return names.length > 0 ? forbidden(names.join(', ')) : undefined;
  }

  wasRefused(command: string): void {
    this.wasAllowed(command);
    this.refused.set(command, setTimeout(() => this.refused.delete(command), FORGOTTEN_MS).unref());
  }

  wasAllowed(command: string): void {
    clearTimeout(this.refused.get(command));
    this.refused.delete(command);
  }
}

/** A user may be allowed to run scripts but not the commands in them. @returns what is forbidden, or undefined */
export async function forbiddenInScripts(redis: Redis, missingKey: string): Promise<string | undefined> {
  const command = await redis.eval(PROBE, 1, missingKey, FORBIDDEN_IN_SCRIPT);
  return typeof command === 'string' && command !== '' ? forbidden(`${command} in scripts`) : undefined;
}

/** Reads from Redis' own words what the user may not do. */
export function refusedBy(said: string): string {
  const command = /run the '([^']+)' command/.exec(said)?.[1];
  return command === undefined
    ? `Redis' user may not write keys that begin with bull: ${ADVICE}`
    : forbidden(command.toUpperCase());
}

function forbidden(what: string): string {
  return `Redis' user may not run ${what}, and the queues need it: ${ADVICE}`;
}
