import { Module } from '@nestjs/common';
import { ExportMaker } from './export-maker';
import { ExportProcessor } from './export-processor';

@Module({ providers: [ExportMaker, ExportProcessor] })
export class ExportsModule {}
