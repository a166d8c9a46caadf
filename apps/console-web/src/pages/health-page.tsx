import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { health } from '../api/client';
import { Answer } from './answer';

const LOOK_MS = 10_000;

/** Every worker and what it needs, in sentences. The worst stands first. */
export function HealthPage(): ReactNode {
  const { t } = useTranslation();
  const answer = useQuery({ queryKey: ['health'], queryFn: health, refetchInterval: LOOK_MS });
  return (
    <>
      <h1>{t('health')}</h1>
      <Answer of={answer}>
        {({ workers }) => (
          <ul className="grid">
            {[...workers]
              .sort((a, b) => BADNESS[b.state] - BADNESS[a.state])
              .map(({ name, state, sentence, dependencies }) => (
                <li key={name} className="card" data-health={state}>
                  <h2>{name}</h2>
                  <p>
                    <span className="state">{t(`health.${state}`)}</span> {sentence}
                  </p>
                  <ul>
                    {dependencies.map((each) => (
                      <li key={each.name} data-health={each.state}>
                        <strong>{each.name}</strong> <span className="state">{t(`health.${each.state}`)}</span>{' '}
                        {each.sentence}
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
          </ul>
        )}
      </Answer>
    </>
  );
}

const BADNESS = { up: 0, degraded: 1, down: 2 } as const;
