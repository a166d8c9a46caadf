import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Fault } from './fault';

/** What an answer becomes; before there is one, why there is none. What was heard last stays, with the fault above. */
export function Answer<T>({ of, children }: { of: UseQueryResult<T>; children: (data: T) => ReactNode }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Fault of={of.error && t('away', { message: of.error.message })}>
        {' '}
        <button type="button" onClick={() => void of.refetch()}>
          {t('again')}
        </button>
      </Fault>
      {of.isPending && <p role="status">{t('loading')}</p>}
      {of.data !== undefined && children(of.data)}
    </>
  );
}
