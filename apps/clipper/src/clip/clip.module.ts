import { Module } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { ClipFolder } from '@vr/library';
import { Pictures } from '@vr/pictures';
import { CLOCK, CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipCutter } from './clip-cutter';
import { ClipDelivery } from './clip-delivery';
import { ClipLedger } from './clip-ledger';
import { ClipMetrics } from './clip-metrics';
import { ClipProcessor } from './clip-processor';
import { ClipQueue } from './clip-queue';
import { ClipRoom } from './clip-room';
import { ClipService } from './clip-service';
import { Outbox } from './outbox';

const folder = {
  provide: ClipFolder,
  inject: [CONFIG, LOGGER],
  useFactory: (config: ClipperConfig, logger: Logger) => new ClipFolder(config.CLIPS_DIR, logger),
};

/** A thumbnail waits for as long as it takes: its job is in the queue. */
const pictures = {
  provide: Pictures,
  inject: [CONFIG, CLOCK],
  useFactory: (config: ClipperConfig, clock: Clock) =>
    new Pictures({ recordingsDir: config.RECORDINGS_DIR, clock, decoders: config.DECODERS_MAX }),
};

@Module({
  providers: [
    folder,
    ClipLedger,
    ClipQueue,
    ClipMetrics,
    pictures,
    ClipRoom,
    ClipCutter,
    ClipDelivery,
    ClipService,
    ClipProcessor,
    Outbox,
  ],
  exports: [ClipDelivery, ClipLedger, ClipQueue, ClipRoom],
})
export class ClipModule {}
