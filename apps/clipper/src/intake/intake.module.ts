import { Module } from '@nestjs/common';
import { ClipModule } from '../clip/clip.module';
import { CameraRoster } from './camera-roster.adapter';
import { ClipRequestController } from './clip-request.controller';
import { EventController } from './event.controller';
import { IntakeService } from './intake.service';

@Module({ imports: [ClipModule], controllers: [EventController, ClipRequestController], providers: [CameraRoster, IntakeService] })
export class IntakeModule {}
