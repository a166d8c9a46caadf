import { Module } from '@nestjs/common';
import { ClipCutter } from './clip-cutter';
import { ClipFolder } from './clip-folder.adapter';
import { ClipMetrics } from './clip-metrics';
import { ClipProcessor } from './clip.processor';
import { ClipQueue } from './clip-queue';
import { ClipService } from './clip.service';
import { Outbox } from './outbox.service';

@Module({
  providers: [ClipFolder, ClipQueue, ClipMetrics, ClipCutter, ClipService, ClipProcessor, Outbox],
  exports: [ClipFolder, ClipQueue],
})
export class ClipModule {}
