import { Module } from '@nestjs/common';
import { MessagingModule } from '@vr/messaging';
import { ObjectsModule } from '@vr/objects';
import { QueueModule } from '@vr/queue';
import { ApiModule } from './api/api.module';
import { AuditModule } from './audit/audit.module';
import { CameraTestModule } from './camera-test/camera-test.module';
import { CamerasModule } from './cameras/cameras.module';
import { EventsModule } from './events/events.module';
import { ExportsModule } from './exports/exports.module';
import { FootageModule } from './footage/footage.module';
import { HealthModule } from './health/health.module';
import { HttpModule } from './http/http.module';
import { LiveModule } from './live/live.module';
import { LiveNewsModule } from './live/live-news.module';
import { LibraryModule } from './library/library.module';
import { ProtectionsModule } from './protections/protections.module';
import { QueueBoardModule } from './queues/queue-board.module';
import { RequestsModule } from './requests/requests.module';
import { SharesModule } from './shares/shares.module';
import { StorageModule } from './storage/storage.module';

/**
 * What people see: a page, an API below /api, the objects of the local store, the queues. It reads the disk and asks
 * over NATS.
 */
@Module({
  imports: [
    MessagingModule.forRoot(),
    QueueModule.forRoot(),
    ObjectsModule.forRoot(),
    HttpModule, // first of ours: its guards stand before every route
    QueueBoardModule,
    ApiModule,
    AuditModule,
    CamerasModule,
    CameraTestModule,
    EventsModule,
    ExportsModule,
    FootageModule,
    HealthModule,
    LibraryModule,
    LiveModule,
    LiveNewsModule,
    RequestsModule,
    ProtectionsModule,
    SharesModule,
    StorageModule,
  ],
})
export class AppModule {}
