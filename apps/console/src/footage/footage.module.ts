import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { LibraryModule } from '../library/library.module';
import { FootageController } from './footage.controller';
import { FootageService } from './footage.service';

@Module({ imports: [CamerasModule, LibraryModule], controllers: [FootageController], providers: [FootageService] })
export class FootageModule {}
