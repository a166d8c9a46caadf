import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cameras, type Camera } from '../api/client';
import { CameraView } from '../player/camera-view';
import type { PlayerEngine } from '../player/player-engine';
import { usePlayer } from '../player/use-player';
import { shownTime } from '../words/shown-time';
import { Answer } from './answer';
import { StateLine } from './state-line';

const LOOK_MS = 5_000;

/** Every camera, live. A picture that is not of now is grey, with its time and the reason. */
export function LivePage(): ReactNode {
  const { t } = useTranslation();
  const engine = usePlayer();
  const answer = useQuery({ queryKey: ['cameras'], queryFn: cameras, refetchInterval: LOOK_MS });
  return (
    <>
      <h1>{t('live')}</h1>
      <Answer of={answer}>
        {(list) =>
          list.length === 0 ? (
            <p>{t('noCameras')}</p>
          ) : (
            <ul className="grid">
              {list.map((camera) => (
                <CameraCard key={camera.id} {...{ camera, engine }} />
              ))}
            </ul>
          )
        }
      </Answer>
    </>
  );
}

function CameraCard({ camera, engine }: { camera: Camera; engine: PlayerEngine | undefined }): ReactNode {
  const { t, i18n } = useTranslation();
  const at = camera.newest_footage_at;
  return (
    <li className="card" data-state={camera.state}>
      <h2>{camera.name}</h2>
      {at === undefined ? (
        <p className="picture">{t('noPicture')}</p>
      ) : (
        engine && <CameraView isSmall {...{ camera, engine }} />
      )}
      <StateLine of={camera} />
      {at !== undefined && camera.state !== 'recording' && (
        <p className="quiet">{t('lastPicture', { at: shownTime(at, i18n.language) })}</p>
      )}
    </li>
  );
}
