import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { stillPath, type Camera } from '../api/client';
import { clipPath } from '../api/footage';
import { shownTime } from '../words/shown-time';
import type { PictureState } from './camera-picture';
import type { PlayerEngine } from './player-engine';

interface Props {
  camera: Camera;
  engine: PlayerEngine;
  /** One of many on a wall: the small stream does. */
  isSmall: boolean;
}

/** One camera's picture at the page's moment, and a sentence where there is none. */
export function CameraView({ camera, engine, isSmall }: Props): ReactNode {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const figure = useRef<HTMLElement>(null);
  const [state, setState] = useState<PictureState>({ kind: 'waiting' });
  const [isMuted, setMuted] = useState(true);
  const { id, name } = camera;
  const hasSub = camera.sub !== undefined;
  useEffect(() => {
    if (video.current === null) return undefined;
    return engine.add({ cameraId: id, video: video.current, hasSub, isSmall, onChange: setState });
  }, [engine, id, hasSub, isSmall]);
  return (
    <figure ref={figure} className="view" aria-label={name} data-picture={state.kind}>
      <video ref={video} className="picture" muted={isMuted} playsInline aria-label={t('pictureOf', { name })} />
      <Instead state={state} camera={camera} />
      <figcaption>
        {!isSmall && <strong>{name}</strong>}
        <button type="button" aria-pressed={!isMuted} onClick={() => setMuted(!isMuted)}>
          {t('sound')}
        </button>
        <button type="button" onClick={() => void figure.current?.requestFullscreen()}>
          {t('fullScreen')}
        </button>
      </figcaption>
    </figure>
  );
}

/** What stands over the video element where that shows nothing right. */
function Instead({ state, camera: { id, name } }: { state: PictureState; camera: Camera }): ReactNode {
  const { t } = useTranslation();
  const [failedAtMs, setFailedAtMs] = useState<number>();
  if (state.kind === 'playing') return null;
  if (state.kind === 'waiting') return <p className="instead quietly">{t('loading')}</p>;
  if (state.kind === 'fault') return <p className="instead">{t('away', { message: state.message })}</p>;
  if (state.kind === 'stale') return <StaleWord stale={state} />;
  if (state.kind === 'liveStill') return <img className="instead" src={state.address} alt={t('pictureOf', { name })} />;
  if (state.kind === 'gap') return <GapWord gap={state} />;
  const atSeconds = state.atMs / 1000;
  if (state.kind !== 'download' && failedAtMs !== state.atMs)
    return (
      <>
        <img
          className="instead"
          src={stillPath(id, atSeconds)}
          alt={t('pictureOf', { name })}
          onError={() => setFailedAtMs(state.atMs)}
        />
        {state.kind === 'stills' && <p className="remark">{t('onlyStills')}</p>}
      </>
    );
  if (state.kind === 'live') return <p className="instead">{t('noPicture')}</p>;
  return (
    <p className="instead">
      {t('cannotPlay')}{' '}
      <a href={clipPath(id, atSeconds, atSeconds + 60)} download>
        {t('download')}
      </a>
    </p>
  );
}

function GapWord({ gap }: { gap: Extract<PictureState, { kind: 'gap' }> }): ReactNode {
  const { t, i18n } = useTranslation();
  const { startMs, endMs, reason } = gap;
  const time = (ms: number): string => shownTime(ms / 1000, i18n.language);
  return (
    <p className="instead" role="status">
      {startMs !== undefined && endMs !== undefined && t('notRecorded', { from: time(startMs), to: time(endMs) })}
      {startMs !== undefined && endMs === undefined && t('notRecordedSince', { from: time(startMs) })}
      {startMs === undefined && endMs !== undefined && t('notRecordedBefore', { to: time(endMs) })}
      {startMs === undefined && endMs === undefined && t('notRecordedAround')}{' '}
      {reason !== undefined && t(`gap.${reason}`)}
    </p>
  );
}

/** The picture behind it is grey: it is not of now. */
function StaleWord({ stale }: { stale: Extract<PictureState, { kind: 'stale' }> }): ReactNode {
  const { t, i18n } = useTranslation();
  const { newestMs, reason } = stale;
  const at = newestMs === undefined ? undefined : shownTime(newestMs / 1000, i18n.language);
  const said = at === undefined ? t('noPicture') : t('lastPicture', { at });
  return (
    <p className="instead old" role="status">
      {said} {reason ?? t('noAnswer')}
    </p>
  );
}
