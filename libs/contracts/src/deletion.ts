import type { CameraId } from './camera';
import { outsideCameraId, outsideText } from './fields';
import { invalidField, payloadReader } from './payload';

/** `seguranca.record.delete`: a clip or a snapshot is to go, with its objects, its files and its record. */
export interface DeleteRequest {
  cameraId: CameraId;
  kind: 'clip' | 'snapshot';
  /** Its name without an extension. Nobody has looked yet whether there is one. */
  id: string;
  by?: string;
  reason?: string;
}

export const readDeleteRequest = payloadReader(
  {
    camera_id: outsideCameraId,
    clip_id: outsideText.optional(),
    snapshot_id: outsideText.optional(),
    by: outsideText.optional(),
    reason: outsideText.optional(),
  },
  ({ camera_id: cameraId, clip_id: clip, snapshot_id: snapshot, by, reason }): DeleteRequest => {
    if (clip !== undefined && snapshot !== undefined) throw invalidField('clip_id', 'wanted one id, got two');
    if (clip !== undefined) return { cameraId, kind: 'clip', id: clip, by, reason };
    if (snapshot !== undefined) return { cameraId, kind: 'snapshot', id: snapshot, by, reason };
    throw invalidField('clip_id', 'wanted clip_id or snapshot_id');
  },
);
