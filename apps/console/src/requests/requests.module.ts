import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { RemovalsController } from './removals.controller';
import { RequestsController } from './requests.controller';
import { WorkerRequests } from './worker-requests';

@Module({
  imports: [CamerasModule],
  controllers: [RequestsController, RemovalsController],
  providers: [WorkerRequests],
  exports: [WorkerRequests],
})
export class RequestsModule {}
