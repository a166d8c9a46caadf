import { Inject, Injectable } from '@nestjs/common';
import { RateLimit, type Clock } from '@vr/base';
import { ContractError } from '@vr/contracts';
import { CLOCK, CONFIG } from './tokens';

/** All cameras together may have as many requests as this many cameras. */
const IN_ALL = 10;

/** Requests that wait are made one after the other. Some are done after this long. */
const WAITING_MS = 5000;

export interface RequestLimitSettings {
  REQUESTS_PER_MINUTE: number;
  REQUESTS_WAITING_MAX: number;
}

/**
 * Limits what people and programs ask for by hand. It refuses with `too_many_requests`. Ask it only about known
 * cameras.
 */
@Injectable()
export class RequestLimits {
  private readonly ofCamera: RateLimit;
  private readonly inAll: RateLimit;
  /** Requests that are let in but do not yet count as waiting, by subject and camera. */
  private readonly entering = new Map<string, number>();

  constructor(
    @Inject(CONFIG) private readonly config: RequestLimitSettings,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.ofCamera = new RateLimit(clock, config.REQUESTS_PER_MINUTE);
    this.inAll = new RateLimit(clock, config.REQUESTS_PER_MINUTE * IN_ALL);
  }

  /** Counts a request. `what` is the request's subject without the prefix, as in `record.clip`. */
  count(what: string, cameraId: string): void {
    const key = `${what} ${cameraId}`;
    const perMinute = this.config.REQUESTS_PER_MINUTE;
    const waitMs = this.ofCamera.waitMs(key);
    if (waitMs > 0)
      throw refusal(
        `${what} of camera ${cameraId}: wanted at most ${perMinute} requests a minute (REQUESTS_PER_MINUTE)`,
        waitMs,
      );
    const waitInAllMs = this.inAll.waitMs(what);
    if (waitInAllMs > 0)
      throw refusal(
        `${what}: wanted at most ${perMinute * IN_ALL} requests a minute over all ` +
          `cameras (${IN_ALL} times REQUESTS_PER_MINUTE)`,
        waitInAllMs,
      );
    this.ofCamera.take(key);
    this.inAll.take(what);
  }

  /**
   * Counts a request for something that is made later. `enter` puts it among those that wait. `waiting` says how many
   * the camera has.
   */
  async admit<T>(what: string, cameraId: string, waiting: () => number, enter: () => Promise<T>): Promise<T> {
    this.count(what, cameraId);
    const key = `${what} ${cameraId}`;
    const entering = this.entering.get(key) ?? 0;
    const [known, most] = [waiting() + entering, this.config.REQUESTS_WAITING_MAX];
    if (known >= most)
      throw refusal(
        `${what} of camera ${cameraId}: ${known} wait already, wanted fewer than ${most} (REQUESTS_WAITING_MAX)`,
        WAITING_MS,
      );
    this.entering.set(key, entering + 1);
    try {
      return await enter();
    } finally {
      const left = (this.entering.get(key) ?? 1) - 1;
      if (left > 0) this.entering.set(key, left);
      else this.entering.delete(key);
    }
  }
}

function refusal(why: string, retryAfterMs: number): ContractError {
  return new ContractError(
    'too_many_requests',
    `${why}; ask again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s`,
    { retryAfterMs },
  );
}
