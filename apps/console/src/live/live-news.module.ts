import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { LiveModule } from './live.module';
import { NatsNews } from './nats-news';

/** Brings what NATS tells to the pages. */
@Module({ imports: [CamerasModule, LiveModule], providers: [NatsNews] })
export class LiveNewsModule {}
