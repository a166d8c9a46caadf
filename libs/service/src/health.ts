import { DeadlineError, errorText, shownText, withinDeadline } from '@vr/base';

/** How a dependency is: `degraded` still serves, `down` does not. `sentence` is for a person. */
export interface Health {
  state: 'up' | 'degraded' | 'down';
  sentence: string;
}
export type HealthCheck = () => Health | Promise<Health>;
export interface Readiness {
  ready: boolean;
  dependencies: Record<string, Health>;
}

const MOST_SENTENCE_CHARACTERS = 2000;
const CHECK_DEADLINE_MS = 2000;

/** The dependencies of a worker, by name. Each adapter registers its own check. */
export class HealthRegistry {
  private readonly checks = new Map<string, HealthCheck>();

  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  async readiness(): Promise<Readiness> {
    const entries = await Promise.all(
      [...this.checks].map(async ([name, check]): Promise<[string, Health]> => [name, shown(await answerOf(check))]),
    );
    return { ready: entries.every(([, health]) => health.state !== 'down'), dependencies: Object.fromEntries(entries) };
  }
}

async function answerOf(check: HealthCheck): Promise<Health> {
  try {
    return await withinDeadline(Promise.resolve().then(check), CHECK_DEADLINE_MS, 'health check');
  } catch (error) {
    const isLate = error instanceof DeadlineError;
    return { state: 'down', sentence: isLate ? `no answer within ${CHECK_DEADLINE_MS} ms` : errorText(error) };
  }
}

/** Masks secrets, because sentences quote clients, servers and settings. */
function shown({ state, sentence }: Health): Health {
  return { state, sentence: shownText(sentence, MOST_SENTENCE_CHARACTERS) };
}
