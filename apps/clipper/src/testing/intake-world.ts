import type { Clock } from '@vr/base';
import { type Arrival, type CameraConfig, type ClipJob, type ClipQueued, type ClipRecord } from '@vr/contracts';
import { RequestLimits } from '@vr/service';
import { IntakeService } from '../intake/intake-service';

export const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
export const AT = (NOW - 5000) / 1000;

/** The intake, with all that lies behind it in memory. */
export class IntakeWorld {
  nowMs = NOW;
  readonly steps: string[] = [];
  readonly warnings: string[] = [];
  readonly jobs: ClipJob[] = [];
  /** Clips by hand that wait, of any camera. */
  waiting = 0;
  roomByHand = (): Promise<void> => Promise.resolve();
  claim: (job: ClipJob) => Promise<ClipRecord> = (job) => Promise.resolve({ state: 'claimed', job });
  add: (job: ClipJob) => Promise<void> = () => Promise.resolve();
  readonly intake: IntakeService;

  constructor(...cameras: (Partial<Omit<CameraConfig, 'id'>> & { id: string })[]) {
    const known = new Map(cameras.map((camera) => [camera.id, camera as unknown as CameraConfig]));
    const clock: Clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };
    this.intake = new IntakeService(
      { RETENTION_DAYS: 7, CLIP_PRE_SECONDS: 10, CLIP_POST_SECONDS: 30, CLIP_MAX_SECONDS: 300 },
      clock,
      { warn: (_: unknown, message?: string) => void this.warnings.push(String(message)) },
      { find: (id) => known.get(id) },
      {
        claim: async (job) => {
          this.steps.push('claimed');
          return this.claim(job);
        },
        claimAnew: (job) => Promise.resolve({ state: 'claimed', job }),
        answersTo: async function* () {},
        waitingByHand: () => this.waiting,
      },
      {
        add: async (job) => {
          await this.add(job);
          this.steps.push('queued');
          this.jobs.push(job);
        },
        log: async () => undefined,
      },
      new RequestLimits({ REQUESTS_PER_MINUTE: 60, REQUESTS_WAITING_MAX: 50 }, clock),
      { holds: () => Promise.resolve(true), announceAgain: () => Promise.resolve() },
      { checkByHand: () => this.roomByHand() },
    );
  }

  async event(
    fields: Record<string, unknown>,
    subject = 'seguranca.event.person',
    arrival: Arrival = { atMs: this.nowMs, mark: '1' },
  ): Promise<ClipJob | undefined> {
    await this.intake.acceptEvent({ subject, arrival }, { camera_id: 'cam_1', timestamp: AT, ...fields });
    return this.jobs.at(-1);
  }

  request(payload: unknown): Promise<ClipQueued> {
    return this.intake.acceptRequest(payload, {
      arrival: { atMs: this.nowMs, mark: '1' },
      afterReply: () => undefined,
    });
  }
}
