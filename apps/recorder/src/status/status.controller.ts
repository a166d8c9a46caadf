import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { readStatusRequest, SUBJECTS, type CameraStatuses } from '@vr/contracts';
import { Messages, Neighbours, type MessageContext } from '@vr/messaging';
import { CameraRoster } from '@vr/service';
import { RecorderService } from '../recorder-service';

@Controller()
export class StatusController {
  constructor(
    @Inject(RecorderService) private readonly recorder: RecorderService,
    @Inject(Neighbours) neighbours: Neighbours,
    @Inject(CameraRoster) cameras: CameraRoster,
  ) {
    neighbours.tellOwn((id) => cameras.find(id) !== undefined);
  }

  /** The recorder also publishes its states on this subject. Those are not requests. */
  @Messages(SUBJECTS.status, { hears: 'requests', mayBeEmpty: true })
  status(@Payload() payload: unknown, @Ctx() { arrival }: MessageContext): CameraStatuses {
    return { cameras: this.recorder.statuses(readStatusRequest(payload, arrival.atMs).cameraId) };
  }
}
