import { Module } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { AuditLog } from '@vr/audit';
import { FootageCatalogue } from '@vr/retention';
import { CameraFolders, CameraRoster, CLOCK, CONFIG, RequestLimits } from '@vr/service';
import { BudgetReport } from '../budgets/budget-report';
import { Budgets } from '../budgets/budgets.adapter';
import { VolumeAdapter } from '../catalogue/volume.adapter';
import type { JanitorConfig } from '../config';
import { ExpiredObjects } from '../objects/expired-objects.service';
import { ProtectionController } from '../protection/protection.controller';
import { ProtectionLimits } from '../protection/protection-limits';
import { Protections } from '../protection/protections.service';
import { DiskWatch } from './disk-watch';
import { Executor } from './executor.adapter';
import { JanitorMetrics } from './janitor-metrics';
import { JanitorSchedule } from './janitor.schedule';
import { JanitorService } from './janitor.service';
import { MemoryFile } from './memory-file.adapter';
import { PassReport } from './pass-report';
import { StatusController } from './status.controller';
import { Surveyor } from './survey';

@Module({
  controllers: [ProtectionController, StatusController],
  providers: [
    {
      provide: FootageCatalogue,
      inject: [CONFIG, CLOCK],
      useFactory: (config: JanitorConfig, clock: Clock) => new FootageCatalogue(config.RECORDINGS_DIR, clock),
    },
    {
      provide: AuditLog,
      inject: [CONFIG, CLOCK],
      useFactory: (config: JanitorConfig, clock: Clock) => AuditLog.of(config, clock),
    },
    ...[
      CameraRoster,
      CameraFolders,
      RequestLimits,
      VolumeAdapter,
      Budgets,
      BudgetReport,
      ProtectionLimits,
      Protections,
      Surveyor,
      JanitorMetrics,
      Executor,
      MemoryFile,
      PassReport,
      ExpiredObjects,
      JanitorService,
      JanitorSchedule,
      DiskWatch,
    ],
  ],
})
export class JanitorModule {}
