import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { RequestsModule } from '../requests/requests.module';
import { ExportShelf } from './export-shelf';
import { ExportsController } from './exports.controller';

@Module({ imports: [CamerasModule, RequestsModule], controllers: [ExportsController], providers: [ExportShelf] })
export class ExportsModule {}
