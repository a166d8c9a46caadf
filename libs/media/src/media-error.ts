import { maskSecrets } from '@vr/base';

/**
 * Why a media program brought no result. `cancelled`: its AbortSignal; `late`: its deadline; `missing`: it is not
 * installed.
 */
export type MediaFault = 'failed' | 'cancelled' | 'late' | 'missing' | 'unsupported';

/** A media program failed. The message is for people; secrets in it are masked. */
export class MediaError extends Error {
  constructor(
    readonly fault: MediaFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(maskSecrets(message), options);
    this.name = 'MediaError';
  }
}
