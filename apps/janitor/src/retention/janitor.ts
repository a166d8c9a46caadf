import { Inject, Injectable } from '@nestjs/common';
import { errorCode, type Clock, DAY_MS } from '@vr/base';
import { AuditLog } from '@vr/audit';
import { Holds, type Deletion } from '@vr/retention';
import { CLOCK, CONFIG, HealthRegistry, LOGGER, type Logger } from '@vr/service';
import type { FilePlace } from '../catalogue/file-place';
import { BudgetReport } from '../budgets/budget-report';
import { checkTogether, type JanitorConfig } from '../config';
import { OldExports } from '../exports/old-exports';
import { ExpiredObjects } from '../objects/expired-objects';
import { Protections } from '../protection/protections';
import { Executor, type Carried } from './executor';
import { JanitorMetrics } from './janitor-metrics';
import { MemoryFile, type JanitorMemory } from './memory-file';
import { PassReport } from './pass-report';
import { reasonText } from './reason-text';
import { Surveyor, type Survey } from './surveyor';

const BYTES_PER_GB = 1e9;
/** While a pass deletes, it looks this often for new claims of clips. */
const LEASES_LIFE_MS = 1000;

/** Runs the passes over what is stored. Each surveys, plans, deletes and reports. */
@Injectable()
export class Janitor {
  private memory: JanitorMemory | undefined;
  private pass: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private objectPass: Promise<void> | undefined;
  private stopped = false;
  private last: Survey | undefined;
  /** Whether the last pass deleted anything. If it could not, the next one must not follow at once. */
  private deletedSome = false;

  constructor(
    @Inject(CONFIG) private readonly config: JanitorConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Surveyor) private readonly surveyor: Surveyor,
    @Inject(Executor) private readonly executor: Executor,
    @Inject(ExpiredObjects) private readonly objects: ExpiredObjects,
    @Inject(OldExports) private readonly exports: Pick<OldExports, 'remove'>,
    @Inject(Protections) private readonly protections: Protections,
    @Inject(MemoryFile) private readonly memoryFile: MemoryFile,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(PassReport) private readonly report: PassReport,
    @Inject(JanitorMetrics) private readonly metrics: JanitorMetrics,
    @Inject(BudgetReport) private readonly budgets: BudgetReport,
    @Inject(HealthRegistry) health: HealthRegistry,
  ) {
    checkTogether(config);
    health.register('retention', () => report.health);
    health.register('storage', () => report.storage);
    health.register('expiry of objects', () => objects.health());
  }

  /**
   * Whether the last pass left a disk too full because nothing more may go. Another pass at once would change nothing.
   */
  get isStuck(): boolean {
    return this.last !== undefined && (this.last.plan.missingBytes > 0 || this.last.plan.refusal !== undefined);
  }

  /** Whether the object store failed in the last pass over it. */
  get objectsWait(): boolean {
    return this.objects.isWaiting;
  }

  /** Runs a pass over the disk, then one over the object store. It never rejects: the next sweep tries again. */
  async sweep(): Promise<void> {
    await this.makeRoom();
    if (this.stopped || this.last === undefined || this.last.plan.refusal !== undefined) return;
    this.objectPass ??= this.sweepObjects(this.last).finally(() => (this.objectPass = undefined));
    await this.objectPass;
  }

  /** Runs a pass over the disk alone. A pass that runs already may have seen an older state, so another follows it. */
  makeRoom(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    if (!this.pass) return (this.pass = this.guarded().finally(() => (this.pass = undefined)));
    this.next ??= this.pass.then(() => {
      this.next = undefined;
      return this.makeRoom();
    });
    return this.next;
  }

  /** Ends the passes after the batch at hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.next;
    await this.pass;
    await this.objectPass;
  }

  private async guarded(): Promise<void> {
    const spent = { surveyMs: 0, deleteMs: 0 };
    try {
      do await this.passOnce(spent);
      while (this.last?.plan.isPartial === true && !this.stopped && this.deletedSome);
      if (this.last) this.metrics.passEnded({ ...this.last.plan, ...spent, forecast: this.last.forecast });
    } catch (error) {
      this.report.failed(error);
    }
  }

  private async passOnce(spent: { surveyMs: number; deleteMs: number }): Promise<void> {
    const memory = (this.memory ??= await this.memoryFile.read());
    const begunMs = this.clock.monotonicMs();
    const survey = await this.surveyor.survey(memory);
    const plannedMs = this.clock.monotonicMs();
    this.last = survey;
    this.memory = { ...memory, ...survey.plan.memory };
    const saved = await this.save();
    this.report.planned(survey, this.protections.trouble);
    await this.protections.gave(survey.plan);
    this.deletedSome = false;
    if (survey.plan.refusal === undefined) {
      const carried = await this.carryOut(survey);
      this.report.carriedOut(carried);
      this.deletedSome = carried.files > 0;
      this.objects.orphan(carried.aged);
      await this.executor.removeEmptyFolders(survey.emptyFolders);
      await this.exports.remove(() => this.stopped);
      await this.protections.expire();
      await this.expireAudit();
    }
    if (!saved) await this.save(); // the deletions may have made room for it
    await this.budgets.passEnded(survey);
    spent.surveyMs += plannedMs - begunMs;
    spent.deleteMs += this.clock.monotonicMs() - plannedMs;
  }

  private carryOut({ plan, rules, protections }: Survey): Promise<Carried> {
    let claimed = new Holds({});
    let readMs = -Infinity;
    return this.executor.carryOut(plan.deletions, {
      isOver: () => this.stopped,
      why: (deletion) => reasonText(deletion, rules),
      beforeBatch: async () => {
        if (this.clock.monotonicMs() - readMs < LEASES_LIFE_MS) return;
        claimed = new Holds({ leases: await this.surveyor.leases() });
        readMs = this.clock.monotonicMs();
      },
      isHeld: ({ kind, cameraId, startMs, endMs }: Deletion<FilePlace>) =>
        (kind !== 'notes' && this.protections.holdsBeside(protections, cameraId, startMs, endMs)) ||
        (kind === 'footage' && claimed.ofFootage(cameraId, startMs, endMs) !== undefined),
    });
  }

  private async sweepObjects({ rules, holds }: Survey): Promise<void> {
    const announced = this.memory?.announcedObjects ?? [];
    const announcedObjects = await this.objects.sweep({ rules, holds, announced, isOver: () => this.stopped });
    if (this.memory) this.memory = { ...this.memory, announcedObjects };
    await this.save();
  }

  private async expireAudit(): Promise<void> {
    const { AUDIT_DAYS, AUDIT_MAX_GB } = this.config;
    const gone = await this.audit.expire(AUDIT_DAYS * DAY_MS, AUDIT_MAX_GB * BYTES_PER_GB);
    if (gone.length > 0)
      this.logger.info({ days: gone }, 'days of the audit were past AUDIT_DAYS or AUDIT_MAX_GB and were deleted');
  }

  private async save(): Promise<boolean> {
    try {
      if (this.memory) await this.memoryFile.write(this.memory);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false; // the report already says that there is no RECORDINGS_DIR
      this.logger.warn({ err: error }, 'what the next pass should know cannot be written: it is kept in memory');
      return false;
    }
  }
}
