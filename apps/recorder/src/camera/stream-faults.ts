/**
 * Remembers which faults ended a camera's runs lately, and says how the recorder adapts. After two runs within minutes
 * ended because of their time stamps, it first leaves out sound. With two tracks ffmpeg believes the times in the
 * camera's reports, and those may be nonsense. If runs still break without sound, the recorder accepts stamps that
 * stand still, and counts pictures. After an hour it forgets either measure for the next connection.
 */
import type { Clock } from '@vr/base';
import type { GapReason } from '@vr/contracts';

/** With sound, stamps that go back may also end ffmpeg with an assertion (movenc.c). */
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

  /** Call it when a run ended. If the recorder adapts because of it, it answers a sentence that says how. */
  ended(reason: GapReason, hadSound: boolean): string | undefined {
    if (!(hadSound ? BROKEN_WITH_SOUND : BROKEN).has(reason)) return undefined;
    const nowMs = this.clock.monotonicMs();
    const isAgain = nowMs - this.lastInvalidMs < TOGETHER_MS;
    this.lastInvalidMs = isAgain ? -Infinity : nowMs;
    if (!isAgain) return undefined;
    if (hadSound) {
      this.withoutSoundUntilMs = nowMs + FOR_MS;
      return (
        'its time stamps broke twice within minutes: the camera is recorded without sound; ' +
        'the recorder tries sound again at the first connection in an hour or later'
      );
    }
    this.borneUntilMs = nowMs + FOR_MS;
    return 'its time stamps broke twice within minutes: while they stand still, the recorder counts its pictures';
  }
}
