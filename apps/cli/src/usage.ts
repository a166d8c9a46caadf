/** Reads the command line. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cameraId } from '@vr/contracts';
import { parseInstant } from './instant';

export interface Request {
  command: 'check' | 'ls';
  cameraId?: string;
  recordingsDir: string;
  fromMs?: number;
  toMs?: number;
  repair: boolean;
  json: boolean;
}

/** The command line cannot be followed. The person sees the message without a stack. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export const USAGE = `npm run footage -- ls [camera] [--from T] [--to T] [--dir FOLDER] [--json]
    what there is of each camera: a bar, a table
npm run footage -- check [camera] [--from T] [--to T] [--repair] [--dir FOLDER] [--json]
    whether it is what names, indexes and gaps.jsonl say; --repair mends what can be mended without losing anything

T: 2026-11-23 (its beginning, UTC), 2026-11-23T10:00:00Z, seconds or milliseconds since the epoch,
    -2h (s, m, h, d ago), now
FOLDER: else RECORDINGS_DIR, else ./data/recordings
Exit code: 0 all in order, 1 something was wrong (also where it was repaired), 2 the command could not be done.`;

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  dir: { type: 'string' },
  repair: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Undefined where the person asks for help. @throws UsageError */
export function readRequest(
  args: readonly string[],
  at: { nowMs: number; folder: string; recordingsDir: string },
): Request | undefined {
  const { values, positionals } = parsed(args);
  if (values.help || positionals[0] === 'help') return undefined;
  const [command, id, ...more] = positionals;
  if (command !== 'check' && command !== 'ls')
    throw new UsageError(`wanted the command ls or check, got ${command === undefined ? 'none' : `"${command}"`}`);
  if (more.length > 0) throw new UsageError(`wanted one camera or none, got also "${more.join(' ')}"`);
  if (id !== undefined && !cameraId.safeParse(id).success)
    throw new UsageError(`wanted the id of a camera, got "${id}"`);
  if (values.repair && command === 'ls') throw new UsageError('--repair belongs to check: ls only looks');
  const instant = (option: 'from' | 'to'): number | undefined => {
    const text = values[option];
    if (text === undefined) return undefined;
    const ms = parseInstant(text, at.nowMs);
    if (ms === undefined)
      throw new UsageError(
        `--${option}: wanted a time such as 2026-11-23, 2026-11-23T10:00:00Z, 1795435226 or -2h, got "${text}"`,
      );
    return ms;
  };
  const [fromMs, toMs] = [instant('from'), instant('to')];
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new UsageError(`--from: wanted a time before --to, got "${values.from ?? ''}" and "${values.to ?? ''}"`);
  const recordingsDir = values.dir === undefined ? at.recordingsDir : resolve(at.folder, values.dir);
  return { command, cameraId: id, recordingsDir, fromMs, toMs, repair: values.repair, json: values.json };
}

function parsed(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: joinTimes(args), options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Joins `--from -2h` to one argument, because parseArgs takes -2h for an option. */
function joinTimes(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if ((before === '--from' || before === '--to') && /^-\d/.test(arg)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}
