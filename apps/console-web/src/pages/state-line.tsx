import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/client';

/** The camera's state, and in words why it is not being recorded. */
export function StateLine({ of: { state, reason } }: { of: Pick<Camera, 'state' | 'reason'> }): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <p>
      <span className="state">{t(`state.${state}`)}</span>
      {reason !== undefined && state !== 'recording' && (
        // A newer recorder may have a reason that has no words here.
        <span> {i18n.exists(`gap.${reason}`) ? t(`gap.${reason}`) : reason}</span>
      )}
    </p>
  );
}
