import { Inject, Injectable } from '@nestjs/common';
import { toSeconds } from '@vr/base';
import { isObject, openEnvelope, outsideText, SUBJECTS, toErrorBody, type SnapshotFailed } from '@vr/contracts';
import { Refusals, refusedCamera, type Notice, type Refused } from '@vr/messaging';
import { CameraRoster } from '@vr/service';

/**
 * Says `snapshot.failed` where a published request cannot be read. For events one answer is enough: the clipper says
 * `clip.failed`.
 */
@Injectable()
export class RefusedSnapshots {
  constructor(
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'all'>,
    @Inject(Refusals) refusals: Pick<Refusals, 'answer'>,
  ) {
    refusals.answer(SUBJECTS.recordSnapshot, (refused) => this.notice(refused));
  }

  private notice(refused: Refused): Notice | undefined {
    // The intake tells all other reasons of a refusal.
    if (refused.error.code !== 'invalid_payload') return undefined;
    const cameraId = refusedCamera(refused, this.cameras.all());
    if (cameraId === undefined) return undefined;
    const opened = openEnvelope(refused.payload);
    const requestId = isObject(opened) ? outsideText.safeParse(opened['request_id']).data : undefined;
    const failed: SnapshotFailed = {
      camera_id: cameraId,
      ...(requestId !== undefined && { request_id: requestId }),
      ...toErrorBody(refused.error),
      timestamp: toSeconds(refused.arrival.atMs),
    };
    return { cameraId, subject: SUBJECTS.snapshotFailed, payload: failed };
  }
}
