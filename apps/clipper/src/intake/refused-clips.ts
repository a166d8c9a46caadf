import { Inject, Injectable } from '@nestjs/common';
import { toSeconds, parseInstant } from '@vr/base';
import {
  isObject,
  nameEvent,
  openEnvelope,
  outsideText,
  readDetectorEvent,
  SUBJECTS,
  toErrorBody,
  type ClipFailed,
} from '@vr/contracts';
import { Refusals, refusedCamera, type Notice, type Refused } from '@vr/messaging';
import { CameraRoster } from '@vr/service';

/**
 * Says `clip.failed` where an event or a request for a camera of ours is refused: its author sees nothing else of us.
 */
@Injectable()
export class RefusedClips {
  constructor(
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'all'>,
    @Inject(Refusals) refusals: Pick<Refusals, 'answer'>,
  ) {
    refusals.answer(SUBJECTS.event, (refused) => this.notice(refused, eventIdOf(refused)));
    for (const subject of [SUBJECTS.recordClip, SUBJECTS.recordingExport]) {
      refusals.answer(subject, (refused) => this.notice(refused, textField(refused, 'request_id')));
    }
  }

  private notice(refused: Refused, eventId: string): Notice | undefined {
    const cameraId = refusedCamera(refused, this.cameras.all());
    if (cameraId === undefined) return undefined;
    const failed: ClipFailed = {
      event_id: eventId,
      camera_id: cameraId,
      ...toErrorBody(refused.error),
      timestamp: toSeconds(instantOf(refused)),
    };
    return { cameraId, subject: SUBJECTS.clipFailed, payload: failed };
  }
}

/**
 * The id under which the clip would have come; where the event cannot be read, the id that was sent; empty where there
 * is none.
 */
function eventIdOf(refused: Refused): string {
  try {
    return nameEvent(refused.subject, readDetectorEvent(refused.payload, refused.arrival.atMs), refused.arrival)
      .eventId;
  } catch {
    return textField(refused, 'event_id');
  }
}

function textField({ payload }: Refused, name: string): string {
  const opened = openEnvelope(payload);
  return (isObject(opened) ? outsideText.safeParse(opened[name]).data : undefined) ?? '';
}

function instantOf({ payload, arrival }: Refused): number {
  const opened = openEnvelope(payload);
  return (isObject(opened) ? parseInstant(opened['timestamp'] ?? opened['start'])?.ms : undefined) ?? arrival.atMs;
}
