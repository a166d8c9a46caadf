/** Something that is wrong now, as a look found it. Who decides when it is worth an alert: AlertBook. */
import type { AlertKind, CameraId } from '@vr/contracts';

export interface Trouble {
  kind: AlertKind;
  cameraId?: CameraId;
  /** When it began, where the disk knows. Undefined: with the look that found it. */
  sinceMs?: number;
  /** For a person: what is wrong, and what to do. */
  message: string;
}

/** Troubles of one key are the same trouble, whatever their messages say. */
export function keyOf({ kind, cameraId }: Pick<Trouble, 'kind' | 'cameraId'>): string {
  return cameraId === undefined ? kind : `${kind} ${cameraId}`;
}
