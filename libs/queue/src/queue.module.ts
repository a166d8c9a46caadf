import { Inject, Module, type DynamicModule } from '@nestjs/common';
import { CONFIG, HealthRegistry, LOGGER, Shutdown, type Logger } from '@vr/service';
import { QueueFactory } from './queue-factory';
import { RedisLink, type RedisConfig } from './redis-link';

/** Queues for a worker: QueueFactory, health 'redis', and the steps of its shutdown. */
@Module({})
export class QueueModule {
  static forRoot(): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      providers: [
        {
          provide: RedisLink,
          useFactory: (config: RedisConfig, logger: Logger) => new RedisLink(config, logger),
          inject: [CONFIG, LOGGER],
        },
        QueueFactory,
      ],
      exports: [QueueFactory],
    };
  }

  constructor(
    @Inject(RedisLink) redis: RedisLink,
    @Inject(QueueFactory) factory: QueueFactory,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    health.register('redis', () => redis.health());
    shutdown.register('work', 'queue workers', () => factory.closeWorkers());
    shutdown.register('clients', 'queues', () => factory.closeClients());
  }
}
