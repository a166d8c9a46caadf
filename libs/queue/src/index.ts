export { BOARD_STYLE } from './board-page';
export { PermanentError } from './errors';
export type { JobQueue, SeenJob } from './job-queue';
export { QueueFactory } from './queue-factory';
export { QueueModule } from './queue.module';
export type { RunningJob } from './queue-worker';
