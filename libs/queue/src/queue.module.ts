import { Inject, Module, type DynamicModule } from '@nestjs/common';
import { CONFIG, Gauge, HealthRegistry, LOGGER, Registry, Shutdown, type Logger } from '@vr/service';
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
    @Inject(Registry) registry: Registry,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    health.register('redis', () => redis.health());
    new Gauge({
      name: 'redis_up',
      help: '1 where this worker is connected to Redis, else 0.',
      registers: [registry],
      collect() {
        this.set(redis.down === undefined ? 1 : 0);
      },
    });
    shutdown.register('work', 'queue workers', () => factory.closeWorkers());
    shutdown.register('clients', 'queues', () => factory.closeClients());
  }
}
