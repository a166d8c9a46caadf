import { Module } from '@nestjs/common';
import { CatalogueAdapter } from './catalogue.adapter';
import { ExpiredObjectsAdapter } from './expired-objects.adapter';
import { JanitorMetrics } from './janitor-metrics';
import { JanitorSchedule } from './janitor.schedule';
import { JanitorService } from './janitor.service';
import { VolumeAdapter } from './volume.adapter';

@Module({ providers: [CatalogueAdapter, ExpiredObjectsAdapter, VolumeAdapter, JanitorMetrics, JanitorService, JanitorSchedule] })
export class JanitorModule {}
