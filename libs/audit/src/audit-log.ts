/**
 * The audit is AUDIT_DIR/{YYYY-MM-DD}.jsonl, with one JSON line for every deletion, protection, view and download.
 * Several processes append to the same file. Each batch is one write with O_APPEND, which Linux keeps in one piece on a
 * local file system.
 *
 * Readers pass over empty lines. Linux grows a file page by page, so a writer may see another writer's line
 * half-written. It takes that line for torn and begins with a line end too many. (Four processes wrote 20,000 batches
 * of 1.3 KB: 105 empty lines on ext4, 40 on tmpfs, no torn one.) Node has no file locks. A torn line would lose an
 * entry, and an empty line loses nothing.
 */
import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import {
  confinedPathSync,
  errorCode,
  joinNames,
  OutsideRootError,
  utcDay,
  type Clock,
  DAY_MS,
  listFolder,
  plainFile,
} from '@vr/base';
import type { AuditEntry } from '@vr/contracts';

const FILE = /^\d{4}-\d{2}-\d{2}\.jsonl$/;
const DAY_LENGTH = '2026-11-23'.length;
const NEWLINE = 0x0a;
/** As 'a+', but through no link: a link in this folder must not choose which file grows. */
const APPENDING = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

const BESIDE_FOOTAGE = '.audit';
type AuditConfig = { AUDIT_DIR?: string; RECORDINGS_DIR: string };

/** Where the audit is: AUDIT_DIR, or beside the footage. */
export function auditFolder({ AUDIT_DIR, RECORDINGS_DIR }: AuditConfig): string {
  return AUDIT_DIR ?? joinNames(RECORDINGS_DIR, BESIDE_FOOTAGE);
}

export class AuditLog {
  /** `folder` is trusted, as AUDIT_DIR is, unless `root` names the folder that it has to stay in. */
  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly root?: string,
  ) {}

  static of(config: AuditConfig, clock: Clock): AuditLog {
    return new AuditLog(auditFolder(config), clock, config.AUDIT_DIR === undefined ? config.RECORDINGS_DIR : undefined);
  }

  /** Resolves when the system has the lines. A process that dies loses none, but a power cut may. */
  async write(entries: Iterable<Omit<AuditEntry, 'at'>>): Promise<void> {
    const { path, lines } = this.linesOf(entries);
    if (lines === '') return;
    const file = await this.open(path);
    try {
      await appendWhole(file, `${firstByte(file.fd, path)}${lines}`);
    } finally {
      await file.close();
    }
  }

  /**
   * The same, synchronously, for a caller that writes thousands of lines and has nothing else to do. Three turns of
   * Node's thread pool cost more than a hundred deletions.
   */
  writeNow(entries: Iterable<Omit<AuditEntry, 'at'>>): void {
    const { path, lines } = this.linesOf(entries);
    if (lines === '') return;
    mkdirSync(this.folder, { recursive: true });
    const file = openSync(path, APPENDING, 0o640);
    try {
      const bytes = Buffer.from(`${firstByte(file, path)}${lines}`);
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    } finally {
      closeSync(file);
    }
  }

  private linesOf(entries: Iterable<Omit<AuditEntry, 'at'>>): { path: string; lines: string } {
    const nowMs = this.clock.nowMs();
    const at = new Date(nowMs).toISOString();
    let lines = '';
    for (const entry of entries) lines += `${JSON.stringify({ at, ...entry })}\n`;
    if (this.root !== undefined) confinedPathSync(this.root, BESIDE_FOOTAGE);
    return { path: joinNames(this.folder, `${utcDay(nowMs)}.jsonl`), lines };
  }

  private async open(path: string): Promise<FileHandle> {
    const file = await open(path, APPENDING, 0o640).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
    if (file) return file;
    await mkdir(this.folder, { recursive: true });
    return open(path, APPENDING, 0o640);
  }

  /**
   * Removes days that ended more than `keptMs` ago, then the oldest days until the rest fits in `mostBytes`. Today and
   * files with other names stay.
   *
   * @returns the names that went
   */
  async expire(keptMs: number, mostBytes = Infinity): Promise<string[]> {
    const nowMs = this.clock.nowMs();
    if (this.root !== undefined) confinedPathSync(this.root, BESIDE_FOOTAGE);
    const newestFirst = (await listFolder(this.folder))
      .filter((name) => FILE.test(name))
      .sort()
      .reverse();
    const gone: string[] = [];
    let bytes = 0;
    for (const name of newestFirst) {
      const endMs = Date.parse(name.slice(0, DAY_LENGTH)) + DAY_MS;
      bytes += plainFile(joinNames(this.folder, name))?.size ?? 0;
      if (endMs <= nowMs && (endMs <= nowMs - keptMs || bytes > mostBytes)) gone.push(name);
    }
    for (const name of gone) await unlink(joinNames(this.folder, name));
    return gone.reverse();
  }
}

/**
 * A power cut or a full disk may have left half a line, of ours or of another writer. Then ours begins on a new line.
 */
function firstByte(file: number, path: string): string {
  const found = fstatSync(file);
  // Nobody keeps what goes into a pipe.
  if (!found.isFile()) throw new OutsideRootError(`wanted a plain file, and ${path} is none`);
  const { size } = found;
  if (size === 0) return '';
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === NEWLINE ? '' : '\n';
}

/** Like fs.appendFile, but it uses one write where one suffices. */
async function appendWhole(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += (await file.write(bytes, written)).bytesWritten;
}
