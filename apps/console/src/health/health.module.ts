import { Module } from '@nestjs/common';
import { HealthController } from './health.controller';
import { WorkersHealth } from './workers-health';

@Module({ controllers: [HealthController], providers: [WorkersHealth] })
export class HealthModule {}
