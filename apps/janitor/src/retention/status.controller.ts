import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { cameraStatus, readPayload, SUBJECTS } from '@vr/contracts';
import { Messages } from '@vr/messaging';
import { DiskWatch } from './disk-watch';

@Controller()
export class StatusController {
  constructor(@Inject(DiskWatch) private readonly watch: DiskWatch) {}

  /** Hears states only. The recorder answers requests for them. */
  @Messages(SUBJECTS.status, { hears: 'said' })
  async status(@Payload() payload: unknown): Promise<void> {
    const status = readPayload(cameraStatus, payload);
    if (status.state === 'disk_full') await this.watch.recorderIsFull(status);
  }
}
