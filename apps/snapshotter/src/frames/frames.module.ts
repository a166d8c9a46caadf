import { Module } from '@nestjs/common';
import { FrameBuffer } from './frame-buffer';
import { FrameController } from './frame.controller';
import { FrameFetcher } from './frame-fetcher';

@Module({
  controllers: [FrameController],
  providers: [FrameBuffer, FrameFetcher],
  exports: [FrameBuffer, FrameFetcher],
})
export class FramesModule {}
