import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { revokeShare, shares, type Share } from '../api/shares';
import { shownTime } from '../words/shown-time';
import { Answer } from './answer';
import { Fault } from './fault';
import { useCameras } from './use-cameras';

/** Every link that was given away: how long it works, how often it was opened, and the way to end it. */
export function SharesPage(): ReactNode {
  const { t } = useTranslation();
  const answer = useQuery({ queryKey: ['shares'], queryFn: shares });
  const { nameOf } = useCameras();
  return (
    <>
      <h1>{t('shares')}</h1>
      <p className="quiet">{t('sharesHelp')}</p>
      <Answer of={answer}>
        {(made) =>
          made.length === 0 ? (
            <p>{t('noShares')}</p>
          ) : (
            <ul className="grid">
              {made.map((share) => (
                <ShareCard key={share.share_id} share={share} name={nameOf(share.camera_id)} />
              ))}
            </ul>
          )
        }
      </Answer>
    </>
  );
}

function ShareCard({ share, name }: { share: Share; name: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeShare(share.share_id),
    onSettled: () => client.invalidateQueries({ queryKey: ['shares'] }),
  });
  const time = (seconds: number): string => shownTime(seconds, i18n.language);
  return (
    <li className="card">
      <h2>{name}</h2>
      <p>
        {time(share.start)} – {time(share.end)}
      </p>
      <p className="quiet">{t(`share.${share.state}`, { at: time(share.expires_at) })}</p>
      <p className="quiet">
        {t('shareMade', { by: share.created_by, at: time(share.created_at) })} {t('opened', { count: share.opened })}
      </p>
      <Fault of={revoke.error} />
      {share.state === 'open' && (
        <p className="actions">
          <button type="button" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
            {t('revoke')}
          </button>
        </p>
      )}
    </li>
  );
}
