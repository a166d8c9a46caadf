import type { Clock } from '@vr/base';
import { ENCODERS, type Encoder } from '@vr/contracts';
import type { Encoding } from './encoder-arguments';
import type { EncoderProbe } from './encoder-probe';

/**
 * Sessions run out because others hold them; so an encoder that failed while recording is tried again at the first
 * chance after this.
 */
const TRY_AGAIN_AFTER_MS = 600_000;

export interface ChosenEncoder {
  /** `copy` where no encoder works: a recording as the camera sends it is better than none. */
  encoder: Encoder | 'copy';
  /** What would have come before it, and why it did not: a sentence each. */
  passedOver: string[];
}

/**
 * One camera's way through the encoders: the wanted one, then those behind it in the order of ENCODERS, at last none.
 * A running recording is never interrupted for a better encoder: each choice holds until the camera is opened again.
 */
export class EncoderChoice {
  private readonly failures = new Map<Encoder, { why: string; untilMs: number }>();

  constructor(
    private readonly wanted: Encoder | 'auto',
    private readonly settings: Omit<Encoding, 'encoder'>,
    private readonly probe: Pick<EncoderProbe, 'refusal'>,
    private readonly clock: Clock,
  ) {}

  /** Tries encoders where that was not done yet: may take seconds the first time. */
  async choose(): Promise<ChosenEncoder> {
    const passedOver: string[] = [];
    for (const encoder of this.order()) {
      const why = this.failure(encoder) ?? (await this.probe.refusal({ ...this.settings, encoder }));
      if (why === undefined) return { encoder, passedOver };
      passedOver.push(why);
    }
    return { encoder: 'copy', passedOver };
  }

  /** It worked in the probe and not for this camera. `why`: a sentence. */
  failed(encoder: Encoder, why: string): void {
    this.failures.set(encoder, { why, untilMs: this.clock.monotonicMs() + TRY_AGAIN_AFTER_MS });
  }

  private order(): readonly Encoder[] {
    return this.wanted === 'auto' ? ENCODERS : ENCODERS.slice(ENCODERS.indexOf(this.wanted));
  }

  private failure(encoder: Encoder): string | undefined {
    const failure = this.failures.get(encoder);
    return failure && failure.untilMs > this.clock.monotonicMs() ? failure.why : undefined;
  }
}
