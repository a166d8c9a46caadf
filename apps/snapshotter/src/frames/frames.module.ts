import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { FrameCache } from './frame-cache';
import { FrameController } from './frame.controller';
import { FrameFetcher } from './frame-fetcher.adapter';

@Module({ imports: [CamerasModule], controllers: [FrameController], providers: [FrameCache, FrameFetcher], exports: [FrameCache, FrameFetcher] })
export class FramesModule {}
