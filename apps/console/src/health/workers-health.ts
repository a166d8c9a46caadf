import { Inject, Injectable } from '@nestjs/common';
import { errorText, maskSecrets, SharedWork, type Clock } from '@vr/base';
import { readinessAnswer, type HealthAnswer } from '@vr/contracts';
import { CLOCK, CONFIG, HealthRegistry, type Readiness } from '@vr/service';
import type { ConsoleConfig } from '../config';

type WorkerHealth = HealthAnswer['workers'][number];

const DEADLINE_MS = 3000;
/** However many pages look, each worker is asked once in this time. */
const FRESH_FOR_MS = 2000;
const MOST_BYTES = 256 * 1024;
const ORDER = ['up', 'degraded', 'down'] as const;

/** How all workers are: each is asked for its readiness, and one that does not answer is a sentence, no error. */
@Injectable()
export class WorkersHealth {
  private readonly shared: SharedWork<HealthAnswer>;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'WORKERS_URLS'>,
    @Inject(CLOCK) clock: Clock,
    @Inject(HealthRegistry) private readonly own: Pick<HealthRegistry, 'readiness'>,
  ) {
    this.shared = new SharedWork(clock, FRESH_FOR_MS);
  }

  all(signal: AbortSignal): Promise<HealthAnswer> {
    return this.shared.share('all', () => this.look(), signal);
  }

  private async look(): Promise<HealthAnswer> {
    const others = Object.entries(this.config.WORKERS_URLS).map(([name, url]) => askWorker(name, url));
    const workers = await Promise.all([...others, this.own.readiness().then((own) => healthOf('console', own))]);
    return { state: worst(workers), workers };
  }
}

async function askWorker(name: string, url: string): Promise<WorkerHealth> {
  try {
    const response = await fetch(new URL('/health/ready', url), {
      signal: AbortSignal.timeout(DEADLINE_MS),
      redirect: 'error',
    });
    const text = await response.text();
    if (text.length > MOST_BYTES) throw new Error('its answer is too long');
    return healthOf(name, readinessAnswer.parse(JSON.parse(text)));
  } catch (error) {
    const why = error instanceof Error && error.cause !== undefined ? errorText(error.cause) : errorText(error);
    const sentence = maskSecrets(`the ${name} does not answer at ${url} (${why})`);
    return { name, state: 'down', sentence, dependencies: [] };
  }
}

function healthOf(name: string, { dependencies: all }: Readiness): WorkerHealth {
  const dependencies = Object.entries(all).map(([dependency, health]) => ({ name: dependency, ...health }));
  const state = worst(dependencies);
  const first = dependencies.find((one) => one.state === state);
  const sentence = state === 'up' || !first ? `the ${name} is well` : `${first.name}: ${first.sentence}`;
  return { name, state, sentence, dependencies };
}

function worst(all: readonly { state: HealthAnswer['state'] }[]): HealthAnswer['state'] {
  return ORDER.findLast((state) => all.some((one) => one.state === state)) ?? 'up';
}
