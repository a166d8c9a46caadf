import { Module } from '@nestjs/common';
import { MessagingModule } from '@vr/messaging';
import { ObjectsModule } from '@vr/objects';
import { QueueModule } from '@vr/queue';
import { ClipModule } from './clip/clip.module';
import { ExportsModule } from './exports/exports.module';
import { IntakeModule } from './intake/intake.module';

/** Events in, clips out: intake (NATS -> queue) and clip (queue -> file -> store -> message). */
@Module({
  imports: [
    MessagingModule.forRoot(),
    QueueModule.forRoot(),
    ObjectsModule.forRoot(),
    ClipModule,
    ExportsModule,
    IntakeModule,
  ],
})
export class AppModule {}
