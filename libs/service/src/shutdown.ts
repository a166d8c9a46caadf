import type { Logger } from './logging';

/** Phases run in this order: take nothing new in, end the work at hand, say the last words, let go of the clients. */
const SHUTDOWN_PHASES = ['intake', 'work', 'messages', 'clients'] as const;
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number];
interface Step {
  name: string;
  phase: ShutdownPhase;
  end: () => Promise<void> | void;
}

/**
 * The end of a worker. Nest ends modules in an order of its own, and ends clients before the work that needs them. So
 * everything with an end registers it here, with its phase. Steps of one phase run side by side.
 */
export class Shutdown {
  private readonly steps: Step[] = [];
  private done: Promise<void> | undefined;
  constructor(private readonly logger: Pick<Logger, 'error'>) {}

  register(phase: ShutdownPhase, name: string, end: Step['end']): void {
    this.steps.push({ name, phase, end });
  }

  /** Runs every step once, however often it is called. A step that fails is logged and does not stop the others. */
  run(): Promise<void> {
    this.done ??= this.runPhases();
    return this.done;
  }

  private async runPhases(): Promise<void> {
    for (const phase of SHUTDOWN_PHASES) {
      await Promise.all(
        this.steps
          .filter((step) => step.phase === phase)
          .map(async ({ name, end }) => {
            try {
              await end();
            } catch (error) {
              this.logger.error({ err: error, phase }, `${name} did not end well`);
            }
          }),
      );
    }
  }
}
