import { Module } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { Pictures } from '@vr/pictures';
import { CLOCK, CONFIG } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { FramesModule } from '../frames/frames.module';
import { FootageArrivals } from './footage-arrivals';
import { FootagePicture } from './footage-picture';
import { PictureSource } from './picture-source';

/** Nobody is refused a decoder: who waits for one is claimed on disk, or waits for a reply. */
const pictures = {
  provide: Pictures,
  inject: [CONFIG, CLOCK],
  useFactory: (config: SnapshotterConfig, clock: Clock) =>
    new Pictures({ recordingsDir: config.RECORDINGS_DIR, clock, decoders: config.DECODERS_MAX }),
};

@Module({
  imports: [FramesModule],
  providers: [pictures, FootageArrivals, FootagePicture, PictureSource],
  exports: [PictureSource],
})
export class PicturesModule {}
