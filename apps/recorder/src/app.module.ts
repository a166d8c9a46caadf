import { Module } from '@nestjs/common';
import { MessagingModule } from '@vr/messaging';
import { CameraFolders, CameraRoster } from '@vr/service';
import { ChosenCameraSource } from './camera/chosen-camera-source';
import { FfmpegCameraSource } from './camera/ffmpeg-camera-source';
import { RecorderService } from './recorder-service';
import { StatusController } from './status/status.controller';
import { StatusAdapter } from './status/status-adapter';

@Module({
  imports: [MessagingModule.forRoot()],
  controllers: [StatusController],
  providers: [CameraRoster, CameraFolders, RecorderService, FfmpegCameraSource, ChosenCameraSource, StatusAdapter],
})
export class AppModule {}
