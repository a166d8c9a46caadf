import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module, type INestApplication, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { z } from 'zod';
import { passedOver } from '@vr/base';
import { ConfigError, readEnvironment } from './config/environment';
import { useTimeZone } from './config/time-zone';
import { createLogger, NestLogger, type Logger } from './logging';
import { plainHttp } from './plain-http';
import { ServiceModule } from './service.module';
import { Shutdown } from './shutdown';
import { Transports } from './transports';

const SHUTDOWN_DEADLINE_MS = 12_000;
/**
 * A client without an answer by then asks again. A viewer of an hour's film would otherwise hold the worker that long.
 */
const LAST_ANSWERS_MS = 2000;

export interface WorkerOptions<S extends z.ZodRawShape> {
  name: string;
  /** The worker's settings schema. It must hold `settings.service` and HTTP_PORT. */
  settings: S;
  /** Checks what a schema of single settings cannot see. @throws ConfigError */
  check?: (config: z.output<z.ZodObject<S>>) => void;
  module: Type;
  /** What begins before the worker hears NATS or HTTP: nothing of either may hold up a camera. It must not throw. */
  first?: (app: INestApplicationContext) => void;
  /** The worker itself decides who may ask it by HTTP. Without this it shows health and metrics alone. */
  guardsItself?: true;
}

/**
 * Starts a worker: configuration, log, modules, HTTP, transport. A wrong configuration shows all its faults at once and
 * exits with 78, before anything is touched. On SIGINT or SIGTERM the worker ends in order and exits with 0.
 */
export async function bootstrap<S extends z.ZodRawShape>({
  name,
  settings,
  check,
  module,
  first,
  guardsItself,
}: WorkerOptions<S>): Promise<void> {
  const config = await configOrExit(settings, check);
  const { LOG_LEVEL, HTTP_HOST, HTTP_PORT, METRICS_ALLOWED_HOSTS } = config as unknown as {
    LOG_LEVEL: string;
    HTTP_HOST: string;
    HTTP_PORT: number;
    METRICS_ALLOWED_HOSTS: string[];
  };
  const logger = createLogger(name, LOG_LEVEL);
  const shutdown = new Shutdown(logger);
  crashOnUnknownErrors(logger);
  passedOver.tellTo((path, reason) =>
    logger.warn({ path, reason }, 'a file or folder cannot be read: it counts as not there'),
  );
  const end = endOnSignals(logger, shutdown);

  @Module({ imports: [ServiceModule.forRoot({ config, logger, shutdown, name }), module] })
  class RootModule {}

  try {
    const app = await NestFactory.create<NestExpressApplication>(RootModule, {
      logger: new NestLogger(logger),
      abortOnError: false,
    });
    end.closes(app);
    first?.(app);
    app.disable('x-powered-by');
    if (!guardsItself) app.use(plainHttp(HTTP_HOST, METRICS_ALLOWED_HOSTS));
    for (const strategy of app.get(Transports).strategies)
      app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.listen(HTTP_PORT, HTTP_HOST);
    logger.info({ url: await app.getUrl() }, `${name} is up`);
  } catch (error) {
    if (error instanceof ConfigError) return await failConfiguration(error);
    crash(logger, error, `${name} could not start`);
  }
}

/**
 * Runs a command of a worker's binary instead of the worker. It has the same configuration and the same exit 78, and
 * logs its troubles on stderr.
 */
export async function runOnce<S extends z.ZodRawShape>(
  { name, settings }: Pick<WorkerOptions<S>, 'name' | 'settings'>,
  work: (config: z.output<z.ZodObject<S>>, logger: Logger) => Promise<void>,
): Promise<void> {
  const config = await configOrExit(settings);
  try {
    await work(config, createLogger(name, 'warn', 2));
  } catch (error) {
    if (error instanceof ConfigError) return await failConfiguration(error);
    return crash(createLogger(name, 'fatal', 2), error, `${name} failed`);
  }
}

async function configOrExit<S extends z.ZodRawShape>(
  settings: S,
  check?: WorkerOptions<S>['check'],
): Promise<z.output<z.ZodObject<S>>> {
  try {
    const config = readEnvironment(settings);
    check?.(config);
    useTimeZone((config as { TZ?: string }).TZ);
    return config;
  } catch (error) {
    if (error instanceof ConfigError) return await failConfiguration(error);
    return crash(createLogger('configuration', 'fatal', 2), error, 'the configuration cannot be read');
  }
}

/** We do not leave this to Node, which prints an error with all that hangs on it. */
function crash(logger: Logger, error: unknown, message: string): never {
  logger.fatal({ err: error }, message);
  process.exit(1);
}

/** Exits once all of the text is out: where a pipe is slow, Node may still hold the end of a long text. */
async function failConfiguration(error: ConfigError): Promise<never> {
  await new Promise<void>((resolve) => void process.stderr.write(`${error.message}\n`, () => resolve()));
  process.exit(ConfigError.EXIT_CODE);
}

/** An error that nobody awaited leaves an unknown state. So we say it and end, and the supervisor starts us anew. */
function crashOnUnknownErrors(logger: Logger): void {
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(kind, (error: unknown) => {
      crash(logger, error, kind);
    });
  }
}

function endOnSignals(logger: Logger, shutdown: Shutdown): { closes: (app: INestApplication<Server>) => void } {
  let app: INestApplication<Server> | undefined;
  let ending = false;
  const end = async (signal: string): Promise<void> => {
    if (ending) return;
    ending = true;
    setTimeout(() => {
      logger.error(`not ended within ${SHUTDOWN_DEADLINE_MS} ms of ${signal}: ending hard`);
      process.exit(1);
    }, SHUTDOWN_DEADLINE_MS).unref();
    await shutdown.run();
    if (app) await closeHttp(app);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(signal));
  return {
    closes: (started) => {
      app = started;
    },
  };
}

async function closeHttp(app: INestApplication<Server>): Promise<void> {
  const server = app.getHttpServer();
  const cut = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  await app.close();
  clearTimeout(cut);
}
