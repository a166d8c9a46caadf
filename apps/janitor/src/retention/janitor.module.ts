import { Module } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { AuditLog } from '@vr/audit';
import { FootageCatalogue } from '@vr/retention';
import { CameraFolders, CameraRoster, CLOCK, CONFIG, RequestLimits } from '@vr/service';
import { Alerts } from '../alerts/alerts';
import { AlertsFile } from '../alerts/alerts-file';
import { CameraWatch } from '../alerts/camera-watch';
import { MachineWatch } from '../alerts/machine-watch';
import { BudgetReport } from '../budgets/budget-report';
import { Budgets } from '../budgets/budgets';
import { Volumes } from '../catalogue/volumes';
import type { JanitorConfig } from '../config';
import { OldExports } from '../exports/old-exports';
import { ExpiredObjects } from '../objects/expired-objects';
import { ProtectionController } from '../protection/protection.controller';
import { ProtectionLimits } from '../protection/protection-limits';
import { Protections } from '../protection/protections';
import { RemovalController } from '../removal/removal.controller';
import { Removals } from '../removal/removals';
import { DiskWatch } from './disk-watch';
import { Executor } from './executor';
import { JanitorMetrics } from './janitor-metrics';
import { JanitorSchedule } from './janitor-schedule';
import { Janitor } from './janitor';
import { MemoryFile } from './memory-file';
import { PassReport } from './pass-report';
import { StatusController } from './status.controller';
import { Surveyor } from './surveyor';

@Module({
  controllers: [ProtectionController, RemovalController, StatusController],
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
      Volumes,
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
      OldExports,
      Removals,
      Janitor,
      JanitorSchedule,
      DiskWatch,
      AlertsFile,
      CameraWatch,
      MachineWatch,
      Alerts,
    ],
  ],
})
export class JanitorModule {}
