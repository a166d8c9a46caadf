import { z } from 'zod';

const health = { state: z.enum(['up', 'degraded', 'down']), sentence: z.string() };

/** What `/health/ready` of a worker answers. */
export const readinessAnswer = z.object({ ready: z.boolean(), dependencies: z.record(z.string(), z.object(health)) });

export const healthAnswer = z
  .object({
    state: health.state.meta({ description: 'The worst of all workers.' }),
    workers: z.array(
      z.object({ name: z.string(), ...health, dependencies: z.array(z.object({ name: z.string(), ...health })) }),
    ),
  })
  .meta({ id: 'Health' });
export type HealthAnswer = z.infer<typeof healthAnswer>;
