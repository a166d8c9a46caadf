import type { Clock } from '@vr/base';
import { ENCODERS, type Encoder } from '@vr/contracts';
import type { Encoding } from './encoder-arguments';
import type { EncoderProbe } from './encoder-probe';

/**
 * An encoder may fail only because others hold its sessions. So one that failed while recording is tried again at the
 * first chance after this time.
 */
const TRY_AGAIN_AFTER_MS = 600_000;

export interface ChosenEncoder {
  /** `copy` where no encoder works: recording what the camera sends is better than nothing. */
  encoder: Encoder | 'copy';
  /** The encoders before it in the order, and why each did not work: a sentence each. */
  passedOver: string[];
}

/**
 * One camera's way through the encoders: the wanted one, then those after it in the order of ENCODERS, at last none.
 * A running recording is never interrupted for a better encoder. Each choice holds until the camera is opened again.
 */
export class EncoderChoice {
  private readonly failures = new Map<Encoder, { why: string; untilMs: number }>();

  constructor(
    private readonly wanted: Encoder | 'auto',
    private readonly settings: Omit<Encoding, 'encoder'>,
    private readonly probe: Pick<EncoderProbe, 'refusal'>,
    private readonly clock: Clock,
  ) {}

  /** Tries encoders that were not tried yet. That may take seconds the first time. */
  async choose(): Promise<ChosenEncoder> {
    const passedOver: string[] = [];
    for (const encoder of this.order()) {
      const why = this.failure(encoder) ?? (await this.probe.refusal({ ...this.settings, encoder }));
      if (why === undefined) return { encoder, passedOver };
      passedOver.push(why);
    }
    return { encoder: 'copy', passedOver };
  }

  /** The encoder worked in the probe, but not for this camera. `why`: a sentence. */
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
