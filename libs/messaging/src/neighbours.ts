import { Inject, Injectable } from '@nestjs/common';
import { cameraField, isObject, openEnvelope, protectedCamera } from '@vr/contracts';
import { CONFIG } from '@vr/service';
import { NatsLink } from './link';

/** Tells a camera of this node from others. */
export type OwnsCamera = (cameraId: string) => boolean | Promise<boolean>;

/**
 * Whether other nodes may hear the same requests. Then whoever does not have a camera is silent about it: refusing is
 * quicker than doing, and the requester takes the first answer. OTHER_NODES says so; without it, NATS: a server gets a
 * JetStream domain where it is one of several.
 */
@Injectable()
export class Neighbours {
  private owns: OwnsCamera | undefined;

  constructor(
    @Inject(NatsLink) private readonly link: NatsLink,
    @Inject(CONFIG) private readonly config: { OTHER_NODES?: boolean },
  ) {}

  get mayExist(): boolean {
    const info: object = this.link.up?.info ?? {};
    return this.config.OTHER_NODES ?? ('domain' in info && info.domain !== '');
  }

  /**
   * With it a request for another's camera is known before it is read any further: what is wrong in it is not ours to
   * say.
   */
  tellOwn(owns: OwnsCamera): void {
    this.owns = owns;
  }

  /** Whether the request names a camera that another node may have and this one has not. */
  async isTheirs(payload: unknown): Promise<boolean> {
    if (!this.mayExist || !this.owns) return false;
    const camera = cameraOf(openEnvelope(payload));
    return camera !== undefined && !(await this.owns(camera));
  }
}

function cameraOf(payload: unknown): string | undefined {
  if (!isObject(payload)) return undefined;
  const named = cameraField(payload) ?? protectedCamera(payload['protection_id']);
  return typeof named === 'string' || typeof named === 'number' ? String(named).trim() : undefined;
}
