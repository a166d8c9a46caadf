import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { StorageController } from './storage.controller';
import { StorageService } from './storage-service';

@Module({ imports: [CamerasModule], controllers: [StorageController], providers: [StorageService] })
export class StorageModule {}
