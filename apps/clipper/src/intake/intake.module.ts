import { Module } from '@nestjs/common';
import { CameraRoster } from '@vr/service';
import { ClipModule } from '../clip/clip.module';
import { ClipRequestController } from './clip-request.controller';
import { EventController } from './event.controller';
import { IntakeService } from './intake.service';

@Module({ imports: [ClipModule], controllers: [EventController, ClipRequestController], providers: [CameraRoster, IntakeService] })
export class IntakeModule {}
