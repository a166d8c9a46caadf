import { Inject, Module } from '@nestjs/common';
import { SUBJECTS, UNSERVED_REQUESTS } from '@vr/contracts';
import { Neighbours, UnservedRequests } from '@vr/messaging';
import { CameraFolders, CameraRoster, RequestLimits } from '@vr/service';
import { ClipModule } from '../clip/clip.module';
import { ClipRequestController } from './clip-request.controller';
import { EventController } from './event.controller';
import { IntakeService } from './intake-service';
import { RefusedClips } from './refused-clips';

@Module({
  imports: [ClipModule],
  controllers: [EventController, ClipRequestController],
  providers: [CameraRoster, CameraFolders, RequestLimits, IntakeService, RefusedClips],
})
export class IntakeModule {
  constructor(
    @Inject(Neighbours) neighbours: Neighbours,
    @Inject(CameraRoster) cameras: CameraRoster,
    @Inject(UnservedRequests) unserved: UnservedRequests,
  ) {
    neighbours.tellOwn((id) => cameras.find(id) !== undefined);
    const { recordClip, recordingExport } = SUBJECTS;
    const advice = `Cameras are recorded around the clock; ${recordClip} or ${recordingExport} makes a clip.`;
    unserved.answer(UNSERVED_REQUESTS, { except: [recordingExport], advice });
  }
}
