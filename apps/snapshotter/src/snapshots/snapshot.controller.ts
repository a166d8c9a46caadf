import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { readPayload, snapshotRequest, SUBJECTS, type SnapshotReady } from '@vr/contracts';
import { Messages } from '@vr/messaging';
import { SnapshotService } from './snapshot.service';

@Controller()
export class SnapshotController {
  constructor(@Inject(SnapshotService) private readonly snapshots: SnapshotService) {}

  @Messages(SUBJECTS.recordSnapshot)
  async snapshot(@Payload() payload: unknown): Promise<SnapshotReady> {
    return this.snapshots.take(readPayload(snapshotRequest, payload));
  }
}
