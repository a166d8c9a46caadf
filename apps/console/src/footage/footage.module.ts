import { Module } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { Pictures } from '@vr/pictures';
import { CLOCK, CONFIG } from '@vr/service';
import { CamerasModule } from '../cameras/cameras.module';
import type { ConsoleConfig } from '../config';
import { LibraryModule } from '../library/library.module';
import { FootageController } from './footage.controller';
import { FootageService } from './footage-service';
import { LivePlaylistController } from './live-playlist.controller';
import { RangeClipController } from './range-clip.controller';
import { RangeClipAnswer } from './range-clip-answer';
import { RangeClips } from './range-clips';
import { StillController } from './still.controller';
import { ThumbController } from './thumb.controller';

/** A person waits for some seconds. Whoever would wait longer is told when to come again. */
const WAITING_FOR_EACH = 32;

const pictures = {
  provide: Pictures,
  inject: [CONFIG, CLOCK],
  useFactory: ({ RECORDINGS_DIR, DECODERS_MAX }: ConsoleConfig, clock: Clock) =>
    new Pictures({
      recordingsDir: RECORDINGS_DIR,
      clock,
      decoders: DECODERS_MAX,
      mostWaiting: WAITING_FOR_EACH * DECODERS_MAX,
    }),
};

@Module({
  imports: [CamerasModule, LibraryModule],
  controllers: [FootageController, LivePlaylistController, StillController, ThumbController, RangeClipController],
  providers: [FootageService, RangeClips, RangeClipAnswer, pictures],
  exports: [Pictures, RangeClipAnswer],
})
export class FootageModule {}
