import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLogger, HealthRegistry, ServiceModule, Shutdown, type Health } from '@vr/service';
import { z } from 'zod';
import { QueueFactory, QueueModule } from './index';
import type { RedisConfig } from './redis-link';

/** The data of the jobs in these tests. */
const work = z.object({ n: z.number() });
export type Work = z.output<typeof work>;
export const read = (data: unknown): Work => work.parse(data);

export const newName = (): string => `test-${randomUUID()}`;
export const notExpected = (): Promise<void> => Promise.reject(new Error('not expected'));

export interface TestQueues {
  factory: QueueFactory;
  health: () => Promise<Health | undefined>;
  logged: string[];
  end: () => Promise<void>;
}

/** Starts the queue module as a worker has it, inside the test's process. */
export async function startTestQueues(redis: string | RedisConfig): Promise<TestQueues> {
  const logger = createLogger('test', 'silent');
  const logged: string[] = [];
  const shutdown = new Shutdown(logger);
  logger.error = ((_: unknown, message: string) => void logged.push(message)) as typeof logger.error;

  @Module({
    imports: [
      ServiceModule.forRoot({ config: typeof redis === 'string' ? { REDIS_URL: redis } : redis, logger, shutdown }),
      QueueModule.forRoot(),
    ],
  })
  class TestModule {}

  const app = await NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
  return {
    factory: app.get(QueueFactory),
    health: async () => (await app.get(HealthRegistry).readiness()).dependencies['redis'],
    logged,
    end: async () => {
      await shutdown.run();
      await app.close();
    },
  };
}

/** A promise, and the function that resolves it. */
export function gate(): { passed: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}
