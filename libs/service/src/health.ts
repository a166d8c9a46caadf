import { errorText, shownText } from '@vr/base';

/** What a dependency says of itself: `degraded` still serves, `down` does not. `sentence` is for a person. */
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
      [...this.checks].map(async ([name, check]): Promise<[string, Health]> => [
        name,
        shown(await withinDeadline(check)),
      ]),
    );
    return { ready: entries.every(([, health]) => health.state !== 'down'), dependencies: Object.fromEntries(entries) };
  }
}

async function withinDeadline(check: HealthCheck): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Health>((resolve) => {
    timer = setTimeout(
      () => resolve({ state: 'down', sentence: `no answer within ${CHECK_DEADLINE_MS} ms` }),
      CHECK_DEADLINE_MS,
    );
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch (error) {
    return { state: 'down', sentence: errorText(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Sentences quote clients, servers and settings. */
function shown({ state, sentence }: Health): Health {
  return { state, sentence: shownText(sentence, MOST_SENTENCE_CHARACTERS) };
}
