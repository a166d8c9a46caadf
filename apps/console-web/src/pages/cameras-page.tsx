import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { cameras, testCamera, testCameraUrl, type Camera, type CameraTest } from '../api/client';
import { shownTime } from '../words/shown-time';
import { Answer } from './answer';
import { Fault } from './fault';
import { StateLine } from './state-line';

const LOOK_MS = 5_000;

/** What each camera is and sends, and whether an address gives pictures. The configuration file stays the truth. */
export function CamerasPage(): ReactNode {
  const { t } = useTranslation();
  const answer = useQuery({ queryKey: ['cameras'], queryFn: cameras, refetchInterval: LOOK_MS });
  return (
    <>
      <h1>{t('cameras')}</h1>
      <p className="quiet">{t('camerasFile')}</p>
      <Answer of={answer}>
        {(list) => (
          <ul className="grid">
            {list.map((camera) => (
              <CameraCard key={camera.id} camera={camera} />
            ))}
          </ul>
        )}
      </Answer>
      <UrlTest />
    </>
  );
}

function CameraCard({ camera }: { camera: Camera }): ReactNode {
  const { t, i18n } = useTranslation();
  const test = useMutation({ mutationFn: () => testCamera(camera.id) });
  const { state, since, sub } = camera;
  return (
    <li className="card" data-state={state}>
      <h2>{camera.name}</h2>
      <StateLine of={camera} />
      {since !== undefined && (
        <p className="quiet">
          {t('sinceWhen')} {shownTime(since, i18n.language)}
        </p>
      )}
      <p>{sent(camera)}</p>
      {sub && <p className="quiet">{t('subStream', { sent: sent(sub) || t(`state.${sub.state}`) })}</p>}
      <Outcome of={test} />
      <p className="actions">
        <button type="button" disabled={test.isPending} onClick={() => test.mutate()}>
          {t('testCamera', { name: camera.name })}
        </button>
      </p>
    </li>
  );
}

/** An address is asked for pictures, and nothing of it is kept. */
function UrlTest(): ReactNode {
  const { t } = useTranslation();
  const [url, setUrl] = useState('');
  const [transport, setTransport] = useState<'tcp' | 'udp'>('tcp');
  const test = useMutation({ mutationFn: testCameraUrl });
  const [title, help] = [useId(), useId()];
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    test.mutate({ url, transport });
  };
  return (
    <form className="card form" aria-labelledby={title} onSubmit={submit}>
      <h2 id={title}>{t('testUrl')}</h2>
      <label>
        {t('url')}
        <input
          required
          value={url}
          aria-describedby={help}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setUrl(target.value)}
        />
      </label>
      <p id={help} className="quiet">
        {t('urlHelp')}
      </p>
      <label>
        {t('transport')}
        <select value={transport} onChange={({ target }) => setTransport(target.value === 'udp' ? 'udp' : 'tcp')}>
          <option value="tcp">TCP</option>
          <option value="udp">UDP</option>
        </select>
      </label>
      <Outcome of={test} />
      <p className="actions">
        <button type="submit" disabled={test.isPending}>
          {t('test')}
        </button>
      </p>
    </form>
  );
}

interface Test {
  data: CameraTest | undefined;
  error: Error | null;
  isPending: boolean;
}

function Outcome({ of: { data, error, isPending } }: { of: Test }): ReactNode {
  const { t } = useTranslation();
  if (isPending) return <p role="status">{t('testing')}</p>;
  if (error) return <Fault of={error} />;
  if (!data) return null;
  return (
    <p role="status" data-health={data.works ? 'up' : 'down'}>
      <span className="state">{t(data.works ? 'works' : 'worksNot')}</span> {data.message}
    </p>
  );
}

/** `h264, 1920 × 1080, 25/s, 4200 kbit/s`, as far as it is known. */
function sent({ codec, width, height, fps, bitrate_kbps }: Partial<Camera>): string {
  const parts = [
    codec,
    width && height && `${width} × ${height}`,
    fps && `${Math.round(fps * 10) / 10}/s`,
    bitrate_kbps && `${Math.round(bitrate_kbps)} kbit/s`,
  ];
  return parts.filter(Boolean).join(', ');
}
