import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cameras, stillPath, type Camera } from '../api/client';
import { shownTime } from '../words/shown-time';
import { Answer } from './answer';

const LOOK_MS = 5_000;

/** Every camera with its newest picture. A picture that is not of now is grey, with its time and the reason. */
export function LivePage(): ReactNode {
  const { t } = useTranslation();
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
                <CameraCard key={camera.id} camera={camera} />
              ))}
            </ul>
          )
        }
      </Answer>
    </>
  );
}

function CameraCard({ camera }: { camera: Camera }): ReactNode {
  const { t, i18n } = useTranslation();
  const at = camera.newest_footage_at;
  return (
    <li className="card" data-state={camera.state}>
      <h2>{camera.name}</h2>
      {at === undefined ? (
        <p className="picture">{t('noPicture')}</p>
      ) : (
        // A picture that is there is not tried again; one that failed is, with the next address.
        <Picture path={stillPath(camera.id, at)} name={camera.name} />
      )}
      <p>
        <span className="state">{t(`state.${camera.state}`)}</span>
        {camera.reason !== undefined && camera.state !== 'recording' && <span> {camera.reason}</span>}
      </p>
      {at !== undefined && <p className="quiet">{t('lastPicture', { at: shownTime(at, i18n.language) })}</p>}
    </li>
  );
}

function Picture({ path, name }: { path: string; name: string }): ReactNode {
  const { t } = useTranslation();
  const [failed, setFailed] = useState<string>();
  if (failed === path) return <p className="picture">{t('noPicture')}</p>;
  return <img className="picture" src={path} alt={t('pictureOf', { name })} onError={() => setFailed(path)} />;
}
