import { Controller, Get, Inject, Module, Res, type DynamicModule } from '@nestjs/common';
import { type Clock, systemClock } from '@vr/base';
import { HealthRegistry } from './health';
import type { Logger } from './logging';
import { createRegistry, Registry } from './metrics';
import { Shutdown } from './shutdown';
import { CLOCK, CONFIG, LOGGER } from './tokens';
import { Transports } from './transports';

/** The part of an HTTP response that this controller uses. Express fills it. */
interface Response {
  status(code: number): this;
  type(type: string): this;
  send(body: unknown): void;
}

@Controller()
class ServiceController {
  constructor(
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Registry) private readonly registry: Registry,
  ) {}

  /** Shows that the process answers. It touches nothing else, so a dead dependency never restarts a healthy worker. */
  @Get('health/live')
  live(): { live: true } {
    return { live: true };
  }

  @Get('health/ready')
  async ready(@Res() response: Response): Promise<void> {
    const readiness = await this.health.readiness();
    response.status(readiness.ready ? 200 : 503).send(readiness);
  }

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    const body = await this.registry.metrics();
    response.type(this.registry.contentType).send(body);
  }
}

/** Every worker has the setting; not every test. */
function nodeIdOf(config: unknown): string | undefined {
  const { NODE_ID } = (config ?? {}) as { NODE_ID?: string };
  return NODE_ID;
}

@Module({})
export class ServiceModule {
  static forRoot(parts: {
    config: unknown;
    logger: Logger;
    shutdown: Shutdown;
    clock?: Clock;
    /** The worker's name. */
    name?: string;
  }): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: parts.config },
      { provide: LOGGER, useValue: parts.logger },
      { provide: CLOCK, useValue: parts.clock ?? systemClock },
      { provide: Registry, useValue: createRegistry(parts.name, nodeIdOf(parts.config)) },
      { provide: HealthRegistry, useValue: new HealthRegistry() },
      { provide: Transports, useValue: new Transports() },
      { provide: Shutdown, useValue: parts.shutdown },
    ];
    return {
      module: ServiceModule,
      global: true,
      controllers: [ServiceController],
      providers,
      exports: providers.map((p) => p.provide),
    };
  }
}
