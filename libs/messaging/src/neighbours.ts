import { Inject, Injectable } from '@nestjs/common';
import { cameraField, isObject, openEnvelope, protectedCamera } from '@vr/contracts';
import { CONFIG } from '@vr/service';
import { NatsLink } from './link';

/** Whether a camera belongs to this node. */
export type OwnsCamera = (cameraId: string) => boolean | Promise<boolean>;

/**
 * Whether other nodes may hear the same requests. If so, a node stays silent about cameras that it does not have:
 * refusing is quicker than doing, and the requester takes the first answer. OTHER_NODES decides. Without it NATS does:
 * a server has a JetStream domain where it is one of several.
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
   * Lets this node recognise a request for another node's camera before it reads further. It is not ours to say what is
   * wrong in such a request.
   */
  tellOwn(owns: OwnsCamera): void {
    this.owns = owns;
  }

  /** Whether the request names a camera at all. */
  names(payload: unknown): boolean {
    return cameraOf(openEnvelope(payload)) !== undefined;
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
