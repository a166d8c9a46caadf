import { Inject, Injectable } from '@nestjs/common';
import { bytesText, toSeconds, type Clock } from '@vr/base';
import type { BudgetView } from '@vr/contracts';
import { writeBudgets, type BudgetKind, type BudgetUse } from '@vr/retention';
import { CLOCK, CONFIG, Gauge, HealthRegistry, LOGGER, Registry, type Health, type Logger } from '@vr/service';
import type { JanitorConfig } from '../config';
import type { Survey } from '../retention/surveyor';

/** A budget is nearly full above this part, if less than the rest of it may go. The next writer may find no room. */
const NEARLY_FULL = 0.95;
const NAMES: Record<BudgetKind, { many: 'clips' | 'snapshots'; setting: string }> = {
  clip: { many: 'clips', setting: 'CLIPS_MAX_GB' },
  snapshot: { many: 'snapshots', setting: 'SNAPSHOTS_MAX_GB' },
};

/**
 * Tells how full the budgets are: the makers of clips and snapshots by a file, people by readiness, graphs by metrics.
 */
@Injectable()
export class BudgetReport {
  private readonly gauges = new Map<BudgetKind, { budget: Gauge; used: Gauge }>();
  private uses: readonly BudgetUse[] = [];
  private unwritten: string | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
    @Inject(Registry) registry: Registry,
    @Inject(HealthRegistry) health: HealthRegistry,
  ) {
    for (const [kind, { many }] of Object.entries(NAMES) as [BudgetKind, (typeof NAMES)[BudgetKind]][]) {
      const gauge = (name: string, help: string): Gauge =>
        new Gauge({ name: `${many}_${name}`, help, registers: [registry] });
      this.gauges.set(kind, {
        budget: gauge('budget_bytes', `What ${many} may take: files, records and objects of the local store.`),
        used: gauge('budget_used_bytes', `What ${many} take of their budget, as the last pass left it.`),
      });
    }
    health.register('budgets', () => this.health());
  }

  async passEnded({ plan, protected: protections }: Pick<Survey, 'plan' | 'protected'>): Promise<void> {
    this.uses = plan.budgets;
    for (const { kind, maxBytes, usedBytes } of plan.budgets) {
      this.gauges.get(kind)?.budget.set(maxBytes);
      this.gauges.get(kind)?.used.set(usedBytes);
    }
    // Nothing goes while the clock is doubted, so nothing is spare then.
    const viewOf = (kind: BudgetKind): BudgetView | undefined =>
      toView(
        plan.budgets.find((use) => use.kind === kind),
        plan.refusal === undefined,
      );
    const [clips, snapshots] = [viewOf('clip'), viewOf('snapshot')];
    try {
      await writeBudgets(this.config.RECORDINGS_DIR, {
        at: toSeconds(this.clock.nowMs()),
        ...(clips && { clips }),
        ...(snapshots && { snapshots }),
        ...(protections && { protections }),
      });
      this.unwritten = undefined;
    } catch (error) {
      const reason = (error as Error).message;
      if (this.unwritten === undefined)
        this.logger.warn(
          { err: error },
          'the budgets cannot be written down: clips and snapshots that are asked for by hand may be refused',
        );
      this.unwritten = reason;
    }
  }

  private health(): Health {
    if (this.uses.length === 0) return { state: 'up', sentence: 'neither clips nor snapshots are there yet' };
    const sentence = this.uses.map(sentenceOf).join('; ');
    return { state: this.uses.some(isFull) ? 'degraded' : 'up', sentence };
  }
}

function isFull({ usedBytes, maxBytes, spareBytes }: BudgetUse): boolean {
  return usedBytes > maxBytes * NEARLY_FULL && spareBytes < maxBytes * (1 - NEARLY_FULL);
}

function sentenceOf(use: BudgetUse): string {
  const { kind, usedBytes, maxBytes, spareBytes, heldBytes } = use;
  const { many, setting } = NAMES[kind];
  const parts = [`${many} take ${bytesText(usedBytes)} of their ${bytesText(maxBytes)} (${setting})`];
  if (isFull(use)) {
    parts.push(`only ${bytesText(spareBytes)} may go to make room`);
    if (heldBytes.not_uploaded > 0) parts.push(`${bytesText(heldBytes.not_uploaded)} wait for the object store`);
    if (heldBytes.protected > 0) parts.push(`${bytesText(heldBytes.protected)} are protected`);
    parts.push('new ones wait, and those asked for by hand are refused');
  }
  return parts.join(', ');
}

function toView(use: BudgetUse | undefined, mayGo: boolean): BudgetView | undefined {
  if (!use) return undefined;
  const { maxBytes, usedBytes, unmetBytes, spareBytes, heldBytes, heldByHandBytes, shareBytes } = use;
  return {
    budget_bytes: Math.floor(maxBytes),
    used_bytes: usedBytes,
    unmet_bytes: Math.ceil(unmetBytes),
    spare_bytes: mayGo ? spareBytes : 0,
    protected_bytes: heldBytes.protected,
    not_uploaded_bytes: heldBytes.not_uploaded,
    held_by_hand_bytes: heldByHandBytes,
    ...(shareBytes !== undefined && { share_bytes: Math.floor(shareBytes) }),
  };
}
