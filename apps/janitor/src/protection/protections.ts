import { access } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { joinNames, type Clock, plainFile, Turns } from '@vr/base';
import {
  cameraId,
  ContractError,
  protectedCamera,
  type AuditEntry,
  type Protection,
  type ProtectRequest,
  type UnprotectRequest,
} from '@vr/contracts';
import { AuditLog } from '@vr/audit';
import {
  listProtections,
  protectionOf,
  readProtection,
  removeProtection,
  writeProtection,
  type KnownProtections,
} from '@vr/protections';
import { ALWAYS, Holds, type ProtectedSpan, type RetentionPlan } from '@vr/retention';
import { CameraRoster, CLOCK, CONFIG, LOGGER, RequestLimits, type Logger } from '@vr/service';
import type { JanitorConfig } from '../config';
import { ProtectionLimits } from './protection-limits';

/**
 * The holds in force. The files are the truth. The copy in memory follows them at every pass. A request changes it at
 * once, so that a deletion under way sees the new hold.
 */
@Injectable()
export class Protections {
  private inForce = new Map<string, Protection>();
  /** Cameras with a hold that cannot be read. All of their footage is held until somebody has looked. */
  private unreadable = new Map<string, { path: string; madeMs: number }>();
  private isFull = false;
  private readonly files: KnownProtections = new Map();
  private indexed = new Holds({});
  private readonly turns = new Turns();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'find'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'error'>,
    @Inject(RequestLimits) private readonly limits: Pick<RequestLimits, 'count'>,
    @Inject(ProtectionLimits) private readonly most: Pick<ProtectionLimits, 'check'>,
  ) {}

  /** Resolves when the hold is on disk and in force. Asking twice makes one hold, with the expiry asked for last. */
  async protect(request: ProtectRequest): Promise<Protection> {
    if (request.expiresMs !== undefined && request.expiresMs <= this.clock.nowMs())
      throw new ContractError('invalid_payload', 'expires: wanted an instant to come');
    await this.checkCamera(request.cameraId);
    this.limits.count('record.protect', request.cameraId);
    return this.inTurn(async () => {
      const held = protectionOf(request, this.clock.nowMs());
      const known = this.inForce.get(held.protection_id);
      const kept = known ? { ...held, created_at: known.created_at } : held;
      // A hold that is in force already holds nothing more, so it needs no check.
      if (!known) await this.most.check(spanOf(kept), [...this.inForce.values(), kept].map(spanOf));
      try {
        await writeProtection(this.config.RECORDINGS_DIR, kept);
      } catch (error) {
        const { code = 'unknown error' } = error as NodeJS.ErrnoException;
        const message =
          `the protection cannot be written (${code}): it is not in force; see to the disk of ` + 'RECORDINGS_DIR';
        throw new ContractError('storage_unavailable', message, { cause: error });
      }
      this.inForce.set(kept.protection_id, kept);
      this.index();
      await this.say('protect', kept, request.by ?? 'unnamed', request.reason);
      return kept;
    });
  }

  /** Throws `not_found` where there is no such hold. */
  async unprotect({ protectionId: id, by, reason }: UnprotectRequest): Promise<Protection> {
    const camera = protectedCamera(id) ?? '';
    // Counted before the look, so that ids that do not exist cost as much as those that do. Unknown cameras share one
    // count.
    this.limits.count('record.unprotect', (await this.owns(camera)) ? camera : 'unknown');
    return this.inTurn(async () => {
      const held = await readProtection(this.config.RECORDINGS_DIR, id);
      if (!held) throw new ContractError('not_found', `protection_id: there is no protection ${id}, or not any more`);
      await this.say('unprotect', held, by ?? 'unnamed', reason ?? 'asked for');
      await removeProtection(this.config.RECORDINGS_DIR, held);
      this.inForce.delete(id);
      this.index();
      return held;
    });
  }

  /** Reads the holds from their files. */
  refresh(): Promise<void> {
    return this.inTurn(() => this.read());
  }

  /** Lets go of the holds whose time is over. The caller must know that the clock may be believed. */
  expire(): Promise<void> {
    return this.inTurn(async () => {
      const nowMs = this.clock.nowMs();
      for (const held of [...this.inForce.values()].filter(
        ({ expires }) => expires !== undefined && expires * 1000 <= nowMs,
      )) {
        await this.say(
          'protection_expired',
          held,
          'janitor',
          `its time was over at ${new Date((held.expires ?? 0) * 1000).toISOString()}`,
        );
        await removeProtection(this.config.RECORDINGS_DIR, held);
        this.inForce.delete(held.protection_id);
        this.logger.info({ protection: held.protection_id, reason: held.reason }, 'a protection has expired');
      }
      this.index();
    });
  }

  holds(cameraId: string, startMs: number, endMs: number): boolean {
    return this.indexed.isProtected(cameraId, startMs, endMs);
  }

  /** Whether a protection beside `known` holds it. The plan has already decided with the known ones. */
  holdsBeside(known: ReadonlySet<string>, cameraId: string, startMs: number, endMs: number): boolean {
    for (const [id, held] of this.inForce) {
      if (
        !known.has(id) &&
        held.camera_id === cameraId &&
        new Holds({ protections: [spanOf(held)] }).isProtected(cameraId, startMs, endMs)
      )
        return true;
    }
    return false;
  }

  ids(): ReadonlySet<string> {
    return new Set(this.inForce.keys());
  }

  spans(): ProtectedSpan[] {
    return [
      ...[...this.inForce.values()].map(spanOf),
      ...[...this.unreadable].map(([cameraId, { madeMs }]) => ({ cameraId, ...ALWAYS, madeMs })),
    ];
  }

  /** Writes into the audit, once, from when on footage is no longer held because protections hold all that they may. */
  async gave({ given }: Pick<RetentionPlan, 'given'>): Promise<void> {
    if (given && !this.isFull) {
      const from = new Date(given.fromMs).toISOString();
      await this.write([
        {
          who: 'janitor',
          action: 'protection_full',
          what: `footage from ${from} on`,
          why:
            'protections hold PROTECT_MAX_PERCENT of the disk: what was recorded after they were made is ' +
            'held no further',
        },
      ]);
    }
    this.isFull = given !== undefined;
  }

  get count(): number {
    return this.inForce.size;
  }

  /** A sentence for a person, while a hold cannot be read. */
  get trouble(): string | undefined {
    const [first] = this.unreadable;
    return (
      first &&
      `a protection of ${first[0]} cannot be read, so all of its footage is kept: mend or remove ${first[1].path}`
    );
  }

  private async read(): Promise<void> {
    const unreadable: typeof this.unreadable = new Map();
    const found = await listProtections(
      this.config.RECORDINGS_DIR,
      (cameraId, path, error) => {
        const sentence = 'a protection cannot be read: all footage of its camera is kept until it is mended or removed';
        if (!this.unreadable.has(cameraId)) this.logger.error({ err: error, path, camera: cameraId }, sentence);
        unreadable.set(cameraId, {
          path,
          madeMs: this.unreadable.get(cameraId)?.madeMs ?? writtenMs(path) ?? this.clock.nowMs(),
        });
      },
      this.files,
    );
    this.unreadable = unreadable;
    this.inForce = new Map(found.map((held) => [held.protection_id, held]));
    this.index();
  }

  private index(): void {
    this.indexed = new Holds({ protections: this.spans() });
  }

  /** Whether the camera is configured, or once was and left footage. */
  async owns(id: string): Promise<boolean> {
    if (this.cameras.find(id)) return true;
    const named = cameraId.safeParse(id);
    return (
      named.success &&
      access(joinNames(this.config.RECORDINGS_DIR, named.data)).then(
        () => true,
        () => false,
      )
    );
  }

  private async checkCamera(cameraId: string): Promise<void> {
    if (await this.owns(cameraId)) return;
    throw new ContractError('unknown_camera', `there is no camera ${JSON.stringify(cameraId)}, and no footage of one`);
  }

  private async say(
    action: 'protect' | 'unprotect' | 'protection_expired',
    held: Protection,
    who: string,
    why: string,
  ): Promise<void> {
    const { protection_id: what, camera_id, start, end } = held;
    await this.write([{ who, action, what, why, camera_id, start, end }]);
  }

  private async write(entries: Omit<AuditEntry, 'at'>[]): Promise<void> {
    try {
      await this.audit.write(entries);
    } catch (error) {
      this.logger.error({ err: error, entries }, 'the audit cannot be written');
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take('holds', work);
  }
}

/** Undefined where the file cannot be looked at. */
function writtenMs(path: string): number | undefined {
  try {
    return plainFile(path)?.mtimeMs;
  } catch {
    return undefined;
  }
}

function spanOf({ camera_id: cameraId, start, end, created_at: made }: Protection): ProtectedSpan & { madeMs: number } {
  return {
    cameraId,
    startMs: Math.round(start * 1000),
    endMs: Math.round(end * 1000),
    madeMs: Math.round(made * 1000),
  };
}
