import { Module } from '@nestjs/common';
import { ClipCutter } from './clip-cutter';
import { ClipDelivery } from './clip-delivery';
import { ClipFolder } from './clip-folder.adapter';
import { ClipLedger } from './clip-ledger';
import { ClipMetrics } from './clip-metrics';
import { ClipProcessor } from './clip.processor';
import { ClipQueue } from './clip-queue';
import { ClipService } from './clip.service';
import { ClipThumbnails } from './clip-thumbnails';
import { Outbox } from './outbox.service';

@Module({
  providers: [ClipFolder, ClipLedger, ClipQueue, ClipMetrics, ClipThumbnails, ClipCutter, ClipDelivery, ClipService, ClipProcessor, Outbox],
  exports: [ClipLedger, ClipQueue],
})
export class ClipModule {}
