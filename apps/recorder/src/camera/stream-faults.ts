/**
 * What a camera's runs broke of lately, and what is done differently because of it. Where two runs within minutes ended
 * because of their time stamps, sound is left out first: with two tracks ffmpeg believes the times in the camera's
 * reports, and those may be nonsense. Where it goes on without sound, stamps that stand still are borne, and pictures
 * are counted. Either is forgotten after an hour, for the next connection.
 */
import type { Clock } from '@vr/base';
import type { GapReason } from '@vr/contracts';

/** With sound ffmpeg may also end in an assertion where stamps go back (movenc.c). */
const BROKEN: ReadonlySet<GapReason> = new Set(['stream_invalid']);
const BROKEN_WITH_SOUND: ReadonlySet<GapReason> = new Set(['stream_invalid', 'ffmpeg_failed']);

const TOGETHER_MS = 300_000;
const FOR_MS = 3_600_000;

export class StreamFaults {
  private lastInvalidMs = -Infinity;
  private withoutSoundUntilMs = -Infinity;
  private borneUntilMs = -Infinity;

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  get leavesSoundOut(): boolean {
    return this.clock.monotonicMs() < this.withoutSoundUntilMs;
  }

  get bearsStandstill(): boolean {
    return this.clock.monotonicMs() < this.borneUntilMs;
  }

  /** A run ended. Answers what is done differently from now on, as a sentence. */
  ended(reason: GapReason, hadSound: boolean): string | undefined {
    if (!(hadSound ? BROKEN_WITH_SOUND : BROKEN).has(reason)) return undefined;
    const nowMs = this.clock.monotonicMs();
    const isAgain = nowMs - this.lastInvalidMs < TOGETHER_MS;
    this.lastInvalidMs = isAgain ? -Infinity : nowMs;
    if (!isAgain) return undefined;
    if (hadSound) {
      this.withoutSoundUntilMs = nowMs + FOR_MS;
      return 'its time stamps broke twice within minutes: it is recorded without sound, which is tried again at the first connection in an hour or later';
    }
    this.borneUntilMs = nowMs + FOR_MS;
    return 'its time stamps broke twice within minutes: where they stand still its pictures are counted';
  }
}
