import { Module } from '@nestjs/common';
import { MessagingModule } from '@vr/messaging';
import { ObjectsModule } from '@vr/objects';
import { JanitorModule } from './retention/janitor.module';

@Module({ imports: [MessagingModule.forRoot(), ObjectsModule.forRoot(), JanitorModule] })
export class AppModule {}
