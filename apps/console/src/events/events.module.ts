import { Module } from '@nestjs/common';
import { ClipFolder } from '@vr/library';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { EventsController } from './events.controller';
import { StoredEvents } from './stored-events';

const folder = {
  provide: ClipFolder,
  inject: [CONFIG, LOGGER],
  useFactory: ({ CLIPS_DIR }: ConsoleConfig, logger: Logger) => new ClipFolder(CLIPS_DIR, logger),
};

@Module({ controllers: [EventsController], providers: [folder, StoredEvents] })
export class EventsModule {}
