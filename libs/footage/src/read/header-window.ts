/**
 * Reads headers that lie far apart in a file: thousands of short reads, nearly always of pages that are in memory. One
 * costs 5 µs by itself and 25 µs through Node's thread pool. So they are made at once, for some ms, and then others
 * have their turn. Where several had to wait for a disk, all that follow go to the pool. A disk that hangs is met
 * before: who opens a file reads its beginning through the pool.
 */
import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as others } from 'node:timers/promises';

/** How the readers of one piece of work take turns with all other work of the process. */
export interface ReadTurns {
  /** Whether reads come at once. */
  quick: boolean;
  /** The last ones that did not. */
  slow: number;
  turnEndsMs: number;
}

const READ_BYTES = 2048;
/** A page in memory takes some µs, a disk's seek some ms. A process also waits for its processor: one says nothing. */
const SLOW_READ_MS = 3;
const MOST_SLOW = 3;
/** A slow read counts half after so many quick ones: 20. */
const FORGET = 0.5 ** (1 / 20);
const TURN_MS = 8;

export function beginTurns(): ReadTurns {
  return { quick: true, slow: 0, turnEndsMs: performance.now() + TURN_MS };
}

/** Every read goes to the pool: for the recorder, which must never wait for a disk. */
export function patientTurns(): ReadTurns {
  return { quick: false, slow: 0, turnEndsMs: Infinity };
}

/** The file through a buffer that holds the last read, so that neighbouring headers come with one. */
export class HeaderWindow {
  /** What was read last, and where in the file it begins. */
  bytes = Buffer.allocUnsafe(READ_BYTES);
  start = 0;
  private length = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly turns: ReadTurns,
  ) {}

  /** Makes `bytes` hold so many from `offset` on, fewer at the file's end. A promise: where that must be waited for. */
  hold(offset: number, count: number): Promise<void> | undefined {
    if (this.holds(offset, count)) return undefined;
    if (count > this.bytes.length) this.bytes = Buffer.allocUnsafe(count);
    this.start = offset;
    return this.turns.quick ? this.readAtOnce() : this.readInTurn();
  }

  holds(offset: number, count: number): boolean {
    return offset >= this.start && offset + count <= this.start + this.length;
  }

  /** How many bytes from `offset` on are held. */
  held(offset: number): number {
    return this.start + this.length - offset;
  }

  private readAtOnce(): Promise<void> | undefined {
    const begunMs = performance.now();
    this.length = readSync(this.file.fd, this.bytes, 0, this.bytes.length, this.start);
    const nowMs = performance.now();
    this.turns.slow = nowMs - begunMs > SLOW_READ_MS ? this.turns.slow + 1 : this.turns.slow * FORGET;
    if (this.turns.slow >= MOST_SLOW) this.turns.quick = false;
    return nowMs < this.turns.turnEndsMs ? undefined : this.letOthers();
  }

  private async letOthers(): Promise<void> {
    await others();
    this.turns.turnEndsMs = performance.now() + TURN_MS;
  }

  private async readInTurn(): Promise<void> {
    const { bytesRead } = await this.file.read(this.bytes, 0, this.bytes.length, this.start);
    this.length = bytesRead;
  }
}
