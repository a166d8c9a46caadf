import 'reflect-metadata';
import {
  Controller,
  Inject,
  Module,
  ParseIntPipe,
  UsePipes,
  type CanActivate,
  type ExecutionContext,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { ContractError, EVENT_STREAM } from '@vr/contracts';
import { createLogger, HealthRegistry, Registry, ServiceModule, Shutdown, Transports, type Health } from '@vr/service';
import { of, type Observable } from 'rxjs';
import {
  DurableEvents,
  MessageContext,
  Messages,
  MessagingModule,
  NatsLink,
  Neighbours,
  Publisher,
  UnservedRequests,
} from './index';

/** Says what a test's worker does with an event, and keeps what it saw. */
class Script {
  readonly seen: { subject: string; payload: unknown }[] = [];
  handle: (payload: unknown, context: MessageContext) => unknown = () => undefined;
}

class RefuseSecrets implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToRpc().getContext<MessageContext>().headers['x-secret'] === undefined;
  }
}

@Controller()
class TestController {
  constructor(@Inject(Script) private readonly script: Script) {}

  @DurableEvents('seguranca.event.*', {
    stream: EVENT_STREAM,
    consumer: (config: { NODE_ID: string }) => `clipper-${config.NODE_ID}`,
  })
  async event(@Payload() payload: unknown, @Ctx() context: MessageContext): Promise<void> {
    this.script.seen.push({ subject: context.subject, payload });
    await this.script.handle(payload, context);
  }

  @Messages('test.echo')
  @UseGuards(RefuseSecrets)
  echo(@Payload() payload: unknown): unknown {
    if (payload === 'refuse') throw new ContractError('unknown_camera', 'no camera of that name');
    if (payload === 'break') throw new Error('secret detail of ours');
    if (payload === 'enormous') return 'x'.repeat(2_000_000);
    return payload;
  }

  @Messages('test.asked', { mayBeEmpty: true })
  asked(@Payload() payload: unknown): unknown {
    return { payload };
  }

  @Messages('test.stream')
  stream(): Observable<string> {
    return of('first', 'last');
  }

  @Messages('test.number')
  @UsePipes(ParseIntPipe)
  number(@Payload() value: number): number {
    return value;
  }

  @Messages('test.raw.>', { raw: true })
  raw(@Payload() payload: unknown, @Ctx() { subject, headers, body }: MessageContext): unknown {
    this.script.seen.push({ subject, payload });
    return { subject, headers, sizeBytes: body.length, json: payload !== undefined };
  }
}

export interface TestWorker {
  script: Script;
  publisher: Publisher;
  /** Sends a request over its own connection. */
  ask: (subject: string) => Promise<{ reply: unknown }>;
  health: () => Promise<Health | undefined>;
  metrics: () => Promise<string>;
  neighbours: Neighbours;
  unserved: UnservedRequests;
  shutdown: Shutdown;
  end: () => Promise<void>;
}

/** A worker as bootstrap() makes it, inside the test's process. */
export async function startTestWorker(natsUrl: string, more: Record<string, unknown> = {}): Promise<TestWorker> {
  const logger = createLogger('test', 'silent');
  const shutdown = new Shutdown(logger);
  const script = new Script();

  @Module({
    imports: [
      ServiceModule.forRoot({ config: { NATS_URL: natsUrl, NODE_ID: 'n1', ...more }, logger, shutdown }),
      MessagingModule.forRoot(),
    ],
    controllers: [TestController],
    providers: [{ provide: Script, useValue: script }],
  })
  class TestModule {}

  const app = await NestFactory.create(TestModule, { logger: false, abortOnError: false });
  for (const strategy of app.get(Transports).strategies)
    app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  return {
    script,
    shutdown,
    neighbours: app.get(Neighbours),
    unserved: app.get(UnservedRequests),
    publisher: app.get(Publisher),
    ask: async (subject) => ({
      reply: (await (await app.get(NatsLink).whenUp()).request(subject, '', { timeout: 5000 })).json(),
    }),
    health: async () => (await app.get(HealthRegistry).readiness()).dependencies['nats'],
    metrics: () => app.get(Registry).metrics(),
    end: async () => {
      await shutdown.run();
      await app.close();
    },
  };
}
