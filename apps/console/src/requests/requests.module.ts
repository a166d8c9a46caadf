import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { RequestsController } from './requests.controller';
import { WorkerRequests } from './worker-requests';

@Module({
  imports: [CamerasModule],
  controllers: [RequestsController],
  providers: [WorkerRequests],
  exports: [WorkerRequests],
})
export class RequestsModule {}
