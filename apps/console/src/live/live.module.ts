import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { CamerasModule } from '../cameras/cameras.module';
import { FootageModule } from '../footage/footage.module';
import { LiveController } from './live.controller';
import { LiveNews } from './live-news';
import { LivePages } from './live-pages';
import { LiveTailsOfConsole } from './live-tails';
import { StillFeeds } from './still-feeds';

/** `/api/live`: what cameras show now, and what becomes of them, on one socket for each page. */
@Module({
  imports: [AccessModule, CamerasModule, FootageModule],
  controllers: [LiveController],
  providers: [LivePages, LiveNews, LiveTailsOfConsole, StillFeeds],
  exports: [LiveNews],
})
export class LiveModule {}
