import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';
import type { RequestHandler } from 'express';

type ServerAdapter = Parameters<typeof createBullBoard>[0]['serverAdapter'];

/** Bull Board for these queues, to be mounted with `app.use(basePath, board(...))`. */
export function board(queues: readonly Queue<unknown, unknown>[], basePath: string): RequestHandler {
  const express = new ExpressAdapter();
  express.setBasePath(basePath);
  // @bull-board/express 9.10.1 brings an api 9.10.1 of its own beside our 9.10.2; their types differ in a private field's origin only.
  const adapter: unknown = express;
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter as ServerAdapter,
  });
  const router: unknown = express.getRouter();
  return router as RequestHandler;
}
