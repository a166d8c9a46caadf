import { Module } from '@nestjs/common';
import { ObjectsModule } from '@vr/objects';
import { JanitorModule } from './retention/janitor.module';

@Module({ imports: [ObjectsModule.forRoot(), JanitorModule] })
export class AppModule {}
