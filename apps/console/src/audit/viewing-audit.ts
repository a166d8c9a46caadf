import { Inject, Injectable } from '@nestjs/common';
import { maskSecrets, RateLimit, utcDay, type Clock } from '@vr/base';
import type { AuditEntry } from '@vr/contracts';
import { AuditLog } from '@vr/audit';
import { CLOCK, CONFIG, HealthRegistry, LOGGER, Shutdown, type Logger } from '@vr/service';
import type { Request } from 'express';
import { addressOf } from '../access/doorkeeper';
import { principalOf } from '../access/principal';
import type { ConsoleConfig } from '../config';

/**
 * A player asks for a clip in many pieces, and a page asks for its pictures again and again. All requests of one viewer
 * within this time are one view.
 */
const ONE_VIEW_MS = 600_000;
const MOST_REMEMBERED = 10_000;
/**
 * The most lines a minute, of one viewer and camera and in all. What is above becomes one line for each viewer and
 * camera, because the audit lies on the footage's disk.
 */
const LINES_PER_MINUTE = 30;
const LINES_IN_ALL_PER_MINUTE = 120;
const JOINED_EVERY_MS = 60_000;
/**
 * The most lines in a UTC day. After them the day's views are one line a minute for what was seen, and one for what was
 * taken.
 */
const LINES_PER_DAY = 20_000;
/** The most viewers and cameras in a minute that get a line each. All others share one line. */
const MOST_JOINED = 100;
const REASON_CHARACTERS = 200;

type ViewEntry = Omit<AuditEntry, 'at'>;
export type Viewed = Pick<AuditEntry, 'what' | 'kind' | 'camera_id' | 'start' | 'end' | 'size_bytes'>;

/**
 * Who saw or took what through the console. `?download` in the address tells taking from seeing. `?reason=` may say
 * why.
 */
@Injectable()
export class ViewingAudit {
  private readonly log: AuditLog;
  /** When each view began, by its key, the oldest first. */
  private readonly seen = new Map<string, number>();
  private readonly lines: RateLimit;
  private readonly linesInAll: RateLimit;
  /** Views that are still to be written as one line, by viewer and camera. */
  private readonly joined = new Map<string, { entry: ViewEntry; count: number }>();
  private timer: NodeJS.Timeout | undefined;
  private today = { day: '', lines: 0 };
  private trouble: string | undefined;

  constructor(
    @Inject(CONFIG) config: Pick<ConsoleConfig, 'AUDIT_DIR' | 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
    @Inject(HealthRegistry) health: Pick<HealthRegistry, 'register'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    this.lines = new RateLimit(clock, LINES_PER_MINUTE);
    this.linesInAll = new RateLimit(clock, LINES_IN_ALL_PER_MINUTE);
    shutdown.register('clients', 'views that are joined', () => this.writeJoined());
    this.log = AuditLog.of(config, clock);
    health.register('audit', () => {
      if (this.trouble !== undefined) return { state: 'degraded', sentence: this.trouble };
      return { state: 'up', sentence: 'views and downloads are written down' };
    });
  }

  /**
   * Resolves when the view is written down, before a byte is sent. A view that cannot be written down is an error in
   * the log and in readiness, and is shown all the same.
   */
  async viewed(request: Request, viewed: Viewed): Promise<void> {
    if (request.method !== 'GET') return;
    const action = isDownload(request) ? 'download' : 'view';
    const who = `${this.proofOf(request)} ${addressOf(request)}`;
    if (this.isSameView(`${who} ${action} ${viewed.what} ${viewed.start ?? ''} ${viewed.end ?? ''}`)) return;
    const entry = { who, action, why: reasonOf(request), ...viewed } as const;
    const group = `${who} ${action} ${viewed.camera_id ?? ''}`;
    if (this.isDayFull() || this.lines.waitMs(group) > 0 || this.linesInAll.waitMs('all') > 0)
      return this.join(group, entry);
    this.lines.take(group);
    this.linesInAll.take('all');
    await this.write([entry]);
  }

  private isDayFull(): boolean {
    const day = utcDay(this.clock.nowMs());
    if (this.today.day !== day) this.today = { day, lines: 0 };
    return this.today.lines >= LINES_PER_DAY;
  }

  private async write(entries: readonly ViewEntry[]): Promise<void> {
    this.today.lines += entries.length;
    try {
      await this.log.write(entries);
      this.trouble = undefined;
    } catch (error) {
      this.trouble = `views cannot be written down (${(error as Error).message}): see to AUDIT_DIR`;
      this.logger.error({ err: error, entry: entries[0], views: entries.length }, 'a view cannot be written down');
    }
  }

  /**
   * These are written within a minute, and when the console ends. A kill before that loses their count, but not that
   * there were many.
   */
  private join(group: string, entry: ViewEntry): void {
    const isOne = this.joined.has(group) || (!this.isDayFull() && this.joined.size < MOST_JOINED);
    const key = isOne ? group : entry.action;
    const known = this.joined.get(key);
    const { start, end } = known?.entry ?? entry;
    const span = { start: least(start, entry.start), end: most(end, entry.end) };
    this.joined.set(key, {
      count: (known?.count ?? 0) + 1,
      entry: { ...(known?.entry ?? entry), ...span, ...(!isOne && { who: 'several', camera_id: undefined }) },
    });
    this.timer ??= setTimeout(() => void this.writeJoined(), JOINED_EVERY_MS).unref();
  }

  private async writeJoined(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const all = [...this.joined.values()];
    this.joined.clear();
    if (all.length > 0)
      await this.write(
        all.map(({ entry, count }) =>
          count === 1 ? entry : { ...entry, what: `${entry.what} and ${count - 1} more` },
        ),
      );
  }

  private proofOf(request: Request): string {
    return request.path.startsWith('/objects/') ? 'link' : principalOf(request).name;
  }

  private isSameView(key: string): boolean {
    const nowMs = this.clock.monotonicMs();
    for (const [old, atMs] of this.seen) {
      if (nowMs - atMs < ONE_VIEW_MS && this.seen.size <= MOST_REMEMBERED) break;
      this.seen.delete(old);
    }
    if (this.seen.has(key)) return true;
    this.seen.set(key, nowMs);
    return false;
  }
}

export function isDownload({ query }: Pick<Request, 'query'>): boolean {
  return query['download'] !== undefined;
}

function reasonOf({ query }: Request): string {
  const reason = query['reason'];
  return typeof reason === 'string' && reason !== ''
    ? maskSecrets(reason.slice(0, 8 * REASON_CHARACTERS), { upTo: REASON_CHARACTERS }).replaceAll(/\p{Cc}/gu, ' ')
    : 'not said';
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function most(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
