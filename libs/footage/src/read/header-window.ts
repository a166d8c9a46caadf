/**
 * Reads headers that lie far apart in a file. These are thousands of short reads, and nearly all pages are in memory.
 * One read costs 5 µs by itself and 25 µs through Node's thread pool. So this reads synchronously for some ms and then
 * lets other work run. Once several reads had to wait for a disk, all later ones go to the pool. A disk that hangs is
 * noticed earlier: opening a file reads its beginning through the pool.
 */
import { closeSync, fstatSync, read, readSync } from 'node:fs';
import { setImmediate as others } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openPlainFile, openPlainFileSync } from '@vr/base';

/** How the readers of one task take turns with all other work of the process. */
export interface ReadTurns {
  /** Whether reads return at once. */
  quick: boolean;
  /** How many of the last reads were slow; it fades with each quick one. */
  slow: number;
  turnEndsMs: number;
}

const READ_BYTES = 2048;
/**
 * A page in memory takes some µs, a disk seek some ms. A process also waits for a processor, so one slow read proves
 * nothing.
 */
const SLOW_READ_MS = 3;
const MOST_SLOW = 3;
/** After 20 quick reads a slow one counts half. */
const FORGET = 0.5 ** (1 / 20);
const TURN_MS = 8;

export function beginTurns(): ReadTurns {
  return { quick: true, slow: 0, turnEndsMs: performance.now() + TURN_MS };
}

/** Every read goes to the pool. The recorder needs this, because it must never wait for a disk. */
export function patientTurns(): ReadTurns {
  return { quick: false, slow: 0, turnEndsMs: Infinity };
}

/** What reading headers needs of an open file. */
export interface HeaderFile {
  readonly fd: number;
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  stat(): Promise<{ size: number }>;
  close(): Promise<void>;
}

/**
 * Opens a plain file to read its headers: at once while the disk answers at once, else through the pool. Its folder was
 * looked at before (`confinedPath`). Throws as `openPlainFile` does.
 */
export async function openForHeaders(path: string, turns: ReadTurns): Promise<HeaderFile> {
  if (!turns.quick) return openPlainFile(path);
  const begunMs = performance.now();
  const fd = openPlainFileSync(path);
  await noteTime(turns, begunMs);
  return {
    fd,
    read: (buffer, offset, length, position) => readThroughPool(fd, buffer, offset, length, position),
    stat: () => Promise.resolve(fstatSync(fd)),
    close: () => Promise.resolve(closeSync(fd)),
  };
}

const readThroughPool = promisify(read);

/** Notes how long something took at once. Returns a promise only where others must have their turn. */
function noteTime(turns: ReadTurns, begunMs: number): Promise<void> | undefined {
  const nowMs = performance.now();
  turns.slow = nowMs - begunMs > SLOW_READ_MS ? turns.slow + 1 : turns.slow * FORGET;
  if (turns.slow >= MOST_SLOW) turns.quick = false;
  return nowMs < turns.turnEndsMs ? undefined : letOthers(turns);
}

async function letOthers(turns: ReadTurns): Promise<void> {
  await others();
  turns.turnEndsMs = performance.now() + TURN_MS;
}

/** Reads a file through a buffer that keeps the last read, so that one read brings neighbouring headers. */
export class HeaderWindow {
  /** The bytes of the last read; `start` is their place in the file. */
  bytes = Buffer.allocUnsafe(READ_BYTES);
  start = 0;
  private length = 0;

  constructor(
    private readonly file: Pick<HeaderFile, 'fd' | 'read'>,
    private readonly turns: ReadTurns,
  ) {}

  /**
   * Makes `bytes` hold `count` bytes from `offset` on, or fewer at the end of the file. Returns a promise only where
   * the caller must wait.
   */
  hold(offset: number, count: number): Promise<void> | undefined {
    if (this.holds(offset, count)) return undefined;
    if (count > this.bytes.length) this.bytes = Buffer.allocUnsafe(count);
    this.start = offset;
    return this.turns.quick ? this.readAtOnce() : this.readInTurn();
  }

  holds(offset: number, count: number): boolean {
    return offset >= this.start && offset + count <= this.start + this.length;
  }

  /** How many bytes are held from `offset` on. */
  held(offset: number): number {
    return this.start + this.length - offset;
  }

  private readAtOnce(): Promise<void> | undefined {
    const begunMs = performance.now();
    this.length = readSync(this.file.fd, this.bytes, 0, this.bytes.length, this.start);
    return noteTime(this.turns, begunMs);
  }

  private async readInTurn(): Promise<void> {
    const { bytesRead } = await this.file.read(this.bytes, 0, this.bytes.length, this.start);
    this.length = bytesRead;
  }
}
