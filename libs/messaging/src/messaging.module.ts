import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { CLOCK, CONFIG, Gauge, HealthRegistry, LOGGER, Registry, Shutdown, Transports, type Logger } from '@vr/service';
import { Denials } from './denials';
import { keepEventStream } from './event-stream';
import { NatsLink } from './link';
import { Neighbours } from './neighbours';
import { userOf, type NatsConfig } from './nats-options';
import { Publisher } from './publisher';
import { Refusals } from './refusals';
import { Rejections } from './rejections';
import { NatsTransport } from './transport';
import { UnservedRequests } from './unserved-requests';

/** NATS for a worker: handlers by decorator, Publisher, health 'nats', and the steps of its shutdown. */
@Module({})
export class MessagingModule implements OnModuleInit {
  static forRoot(): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [
        {
          provide: NatsLink,
          useFactory: (config: NatsConfig & { NODE_ID?: string }, logger: Logger) =>
            new NatsLink(config, `video-recorder ${config.NODE_ID ?? ''}`.trim(), logger),
          inject: [CONFIG, LOGGER],
        },
        {
          provide: Rejections,
          useFactory: (registry: Registry, clock: Clock, logger: Logger) => new Rejections(registry, clock, logger),
          inject: [Registry, CLOCK, LOGGER],
        },
        {
          provide: Refusals,
          useFactory: (publisher: Publisher, clock: Clock, logger: Logger) => new Refusals(publisher, clock, logger),
          inject: [Publisher, CLOCK, LOGGER],
        },
        {
          provide: Denials,
          useFactory: (config: NatsConfig, clock: Clock, logger: Logger) => new Denials(userOf(config), clock, logger),
          inject: [CONFIG, CLOCK, LOGGER],
        },
        Neighbours,
        NatsTransport,
        Publisher,
        UnservedRequests,
      ],
      exports: [NatsLink, Neighbours, Publisher, Refusals, UnservedRequests],
    };
  }

  constructor(
    @Inject(NatsLink) private readonly link: NatsLink,
    @Inject(Denials) denials: Denials,
    @Inject(NatsTransport) transport: NatsTransport,
    @Inject(Refusals) refusals: Refusals,
    @Inject(Transports) transports: Transports,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Shutdown) shutdown: Shutdown,
    @Inject(Registry) registry: Registry,
    @Inject(LOGGER) logger: Logger,
  ) {
    tellMetrics(registry, link, transport);
    link.on('denied', (denial) => denials.note(denial));
    keepEventStream(link, logger);
    transports.add(transport);
    health.register('nats', () => transport.health());
    shutdown.register('intake', 'NATS subscriptions', () => transport.stopIntake());
    shutdown.register('messages', 'messages in hand', async () => {
      await transport.finish();
      await refusals.end();
    });
    shutdown.register('clients', 'NATS connection', () => link.end());
  }

  /** This runs here because a worker without handlers never listens, but publishes too. */
  onModuleInit(): void {
    this.link.start();
  }
}

/** From memory: a scrape asks nobody. */
function tellMetrics(registry: Registry, link: NatsLink, transport: NatsTransport): void {
  new Gauge({
    name: 'nats_up',
    help: '1 where this worker is connected to NATS, else 0.',
    registers: [registry],
    collect() {
      this.set(link.up ? 1 : 0);
    },
  });
  new Gauge({
    name: 'nats_consumer_lag_messages',
    help: 'Events of the stream that are not acknowledged yet, by consumer, as of the last half minute.',
    labelNames: ['consumer'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { consumer, messages } of transport.lags()) this.set({ consumer }, messages);
    },
  });
}
