import { Global, Module } from '@nestjs/common';
import { ViewingAudit } from './viewing-audit';

@Global()
@Module({ providers: [ViewingAudit], exports: [ViewingAudit] })
export class AuditModule {}
