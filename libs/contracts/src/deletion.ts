import type { CameraId } from './camera';
import { outsideCameraId, outsideText } from './fields';
import { invalidField, payloadReader } from './payload';

/** `seguranca.record.delete`: a clip, a snapshot or an export is to go, with its objects, its files and its record. */
export interface DeleteRequest {
  cameraId: CameraId;
  kind: 'clip' | 'snapshot' | 'export';
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
    export_id: outsideText.optional(),
    by: outsideText.optional(),
    reason: outsideText.optional(),
  },
  ({ camera_id: cameraId, clip_id: clip, snapshot_id: snapshot, export_id: exported, by, reason }): DeleteRequest => {
    const named = (
      [
        ['clip', clip],
        ['snapshot', snapshot],
        ['export', exported],
      ] as const
    ).flatMap(([kind, id]) => (id === undefined ? [] : [{ kind, id }]));
    const [only] = named;
    if (!only || named.length > 1) throw invalidField('clip_id', 'wanted one of clip_id, snapshot_id and export_id');
    return { cameraId, ...only, by, reason };
  },
);
