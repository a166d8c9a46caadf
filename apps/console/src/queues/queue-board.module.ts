import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { clipQueueName, exportQueueName } from '@vr/contracts';
import { QueueFactory } from '@vr/queue';
import { CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';

const PATH = '/queues';

/** Bull Board for this node's queues, behind the same token as everything else. */
@Module({})
export class QueueBoardModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(QueueFactory) private readonly queues: QueueFactory,
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'NODE_ID'>,
  ) {}

  onModuleInit(): void {
    // Whoever passes the gate may write: there is one token for all.
    const options = { basePath: PATH, mayWrite: () => true };
    const names = [clipQueueName, exportQueueName].map((nameOf) => nameOf(this.config.NODE_ID));
    this.host.httpAdapter.use(PATH, this.queues.boardFor(names, options));
  }
}
