import { createBullBoard } from '@bull-board/api';
import type { Queue } from 'bullmq';
import type { Request, RequestHandler } from 'express';
import { refusalOf } from './board-access';
import { BoardAdapter } from './board-page';
import { BoardQueue } from './board-queue';

export interface BoardOptions {
  /** The path at which it is mounted: `app.use(basePath, board(...))`. */
  basePath: string;
  /** Whether the sender of this request may change anything. Anybody else still sees the board. */
  mayWrite: (request: Request) => boolean;
}

/**
 * Bull Board for these queues, without anything that could create a job or change what it says.
 * @param redisDown why Redis is away: BullMQ would let every request wait until it is back
 */
export function board(
  queues: readonly Queue<unknown, unknown>[],
  redisDown: () => string | undefined,
  { basePath, mayWrite }: BoardOptions,
): RequestHandler {
  const serverAdapter = new BoardAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({ queues: queues.map((queue) => new BoardQueue(queue)), serverAdapter });
  const router: unknown = serverAdapter.getRouter();
  const bullBoard = router as RequestHandler;
  return (request, response, next) => {
    const refusal = refusalOf(request.method, request.path, () => mayWrite(request));
    if (refusal !== undefined) return void response.status(403).json(refusal);
    const down = request.path.startsWith('/api/') ? redisDown() : undefined;
    if (down !== undefined)
      return void response
        .status(503)
        .json({ error: 'Redis is away.', message: `${down}. Jobs wait; events wait in NATS.` });
    bullBoard(request, response, next);
  };
}
