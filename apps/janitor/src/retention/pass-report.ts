import { Inject, Injectable } from '@nestjs/common';
import { bytesText } from '@vr/base';
import { LOGGER, type Health, type Logger } from '@vr/service';
import type { Carried } from './executor';
import type { Survey } from './surveyor';

/** Reports a pass: the health always tells of it, the log only when it is news. */
@Injectable()
export class PassReport {
  health: Health = { state: 'up', sentence: 'the first pass is still to come' };
  storage: Health = { state: 'up', sentence: 'the first pass is still to come' };
  /** Why nothing may be deleted for now: the clock is not to be trusted. As the last pass saw it. */
  clockTrouble: string | undefined;
  /** The kinds of trouble that last and were logged already. */
  private said = new Set<string>();

  constructor(@Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>) {}

  failed(error: unknown): void {
    this.health = { state: 'degraded', sentence: `the last pass failed: ${(error as Error).message}` };
    this.logger.error({ err: error }, 'a retention pass failed; the next one tries again');
  }

  planned({ plan, volumes, forecast, unreadable }: Survey, protectionTrouble: string | undefined): void {
    const troubles: [kind: string, sentence: string, level: 'warn' | 'error'][] = [];
    this.clockTrouble = plan.refusal;
    if (plan.refusal !== undefined) troubles.push(['clock', plan.refusal, 'error']);
    const isThere = volumes.some(({ trees }) => trees.includes('recordings'));
    if (!isThere) troubles.push(['folder', 'RECORDINGS_DIR is not there: check the setting and its mount', 'error']);
    if (plan.missingBytes > 0) troubles.push(['full', fullSentence(plan), 'error']);
    for (const { path, code } of unreadable)
      troubles.push([
        `unreadable ${path}`,
        `${path} cannot be read (${code}): nothing in it is deleted or counted; see to its owner, its ` +
          'mode and its disk',
        'error',
      ]);
    if (plan.given) troubles.push(['given', givenSentence(plan.given), 'warn']);
    if (plan.givenItemBytes > 0) troubles.push(['given items', givenItemsSentence(plan.givenItemBytes), 'warn']);
    if (protectionTrouble !== undefined) troubles.push(['protection', protectionTrouble, 'error']);
    for (const { group, expired, total } of plan.announced) {
      const sentence =
        `${expired} of ${total} (${group}) are past their retention, more than half: a later pass deletes ` +
        'them, unless the retention is changed';
      troubles.push([`announced ${group}`, sentence, 'warn']);
    }
    for (const [kind, sentence, level] of troubles) if (!this.said.has(kind)) this.logger[level](sentence);
    this.said = new Set(troubles.map(([kind]) => kind));
    this.health = { state: 'up', sentence: 'the last pass left the disk as it should be' };
    if (troubles.length > 0)
      this.health = { state: 'degraded', sentence: troubles.map(([, sentence]) => sentence).join('; ') };
    this.forecast(forecast.warning);
  }

  carriedOut({ done, failures }: Carried): void {
    if (done.size > 0) this.logger.info({ deleted: Object.fromEntries(done) }, 'retention deleted what was due');
    if (failures.length === 0) return;
    this.health = {
      state: 'degraded',
      sentence: `${failures.length} deletions failed, the first with: ${failures[0] ?? ''}`,
    };
    this.logger.error(
      { failures: failures.length, examples: failures.slice(0, 3) },
      'some deletions failed; the next pass tries again',
    );
  }

  /** Logs the warning once until retention fits again, because its numbers change with every pass. */
  private forecast(warning: string | undefined): void {
    if (warning !== undefined && this.storage.state === 'up') this.logger.warn(warning);
    this.storage =
      warning === undefined
        ? { state: 'up', sentence: 'retention fits the disk, as far as is known' }
        : { state: 'degraded', sentence: warning };
  }
}

function givenSentence({ fromMs, bytes }: NonNullable<Survey['plan']['given']>): string {
  const from = new Date(fromMs).toISOString();
  return (
    `protections hold all that they may (PROTECT_MAX_PERCENT). Footage from ${from} on was recorded after they were ` +
    `made, and is no longer held (${bytesText(bytes)} now), so that recording goes on. Lift other protections, or ` +
    'copy this footage away'
  );
}

function givenItemsSentence(bytes: number): string {
  return (
    'protected clips and snapshots fill their part of CLIPS_MAX_GB or SNAPSHOTS_MAX_GB ' +
    `(PROTECT_MAX_PERCENT): ${bytesText(bytes)} of them may go, the newest first; lift protections, or ` +
    'copy them away'
  );
}

function fullSentence({ missingBytes, heldBytes }: Survey['plan']): string {
  const held = [
    [heldBytes.protected, 'are protected'],
    [heldBytes.waiting_clip, 'are waited for by clips'],
    [heldBytes.not_uploaded, 'are clips that the object store has not got yet'],
  ] as const;
  const parts = held.filter(([bytes]) => bytes > 0).map(([bytes, what]) => `${bytesText(bytes)} ${what}`);
  const why = parts.length > 0 ? parts.join(', ') : 'the rest is not ours, or is being written';
  const what =
    `the disk is full and nothing more may be deleted: ${bytesText(missingBytes)} stay above the low mark ` +
    `(${why})`;
  return `${what}: recording will stop when it is quite full; make room, or lift protections`;
}
