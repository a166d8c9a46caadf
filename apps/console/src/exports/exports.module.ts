import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { RequestsModule } from '../requests/requests.module';
import { LiveModule } from '../live/live.module';
import { ExportNews } from './export-news';
import { ExportShelf } from './export-shelf';
import { ExportsController } from './exports.controller';

@Module({
  imports: [CamerasModule, RequestsModule, LiveModule],
  controllers: [ExportsController],
  providers: [ExportShelf, ExportNews],
})
export class ExportsModule {}
