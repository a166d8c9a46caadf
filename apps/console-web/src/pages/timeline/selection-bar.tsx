import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { makeExport, type Camera } from '../../api/client';
import { clipPath, makeClip, protect } from '../../api/footage';
import type { Span } from '../../player/recorded-runs';
import type { ZoneClock } from '../../timeline/ticks';
import { shownTime } from '../../words/shown-time';
import { rounded } from './address';
import { ShareMaker } from './share-maker';

/** The console makes one file at once of no more than this; of more, an export. */
const LONGEST_CLIP_MS = 3_600_000;

interface Props {
  cameras: readonly Camera[];
  selection: Span;
  clock: ZoneClock;
  onClear: () => void;
}

/** What can be done with the selected time. */
export function SelectionBar({ cameras, selection, clock, onClear }: Props): ReactNode {
  const { t, i18n } = useTranslation();
  const time = (ms: number): string => shownTime(ms / 1000, i18n.language, clock.zone);
  return (
    <section className="card" aria-label={t('selection')}>
      <p>
        {t('selected', {
          from: time(selection.startMs),
          to: time(selection.endMs),
          seconds: Math.round((selection.endMs - selection.startMs) / 1000),
        })}
      </p>
      {cameras.map((camera) => (
        <Actions key={`${camera.id} ${selection.startMs} ${selection.endMs}`} {...{ camera, selection }} />
      ))}
      <button type="button" onClick={onClear}>
        {t('clearSelection')}
      </button>
    </section>
  );
}

function Actions({ camera: { id, name }, selection }: { camera: Camera; selection: Span }): ReactNode {
  const { t } = useTranslation();
  const stretch = { camera_id: id, start: rounded(selection.startMs), end: rounded(selection.endMs) };
  const isShort = selection.endMs - selection.startMs <= LONGEST_CLIP_MS;
  const act = useMutation({
    mutationFn: async (what: Act) => {
      if (what === 'clip') await makeClip(stretch);
      else if (what === 'export') await makeExport(stretch);
      else await protect(stretch, t('protectReason'));
    },
  });
  return (
    <div className="wrapped" role="group" aria-label={name}>
      <strong>{name}</strong>
      {isShort && (
        <a className="button" href={clipPath(id, stretch.start, stretch.end)} download>
          {t('download')}
        </a>
      )}
      {isShort && <Do what="clip" act={act} />}
      <Do what="export" act={act} />
      <Do what="protect" act={act} />
      {isShort && <ShareMaker range={stretch} name={name} />}
      {act.isSuccess && <span role="status">{t(`done.${act.variables}`)}</span>}
      {act.isError && (
        <span role="alert" className="fault">
          {act.error.message}
        </span>
      )}
    </div>
  );
}

type Act = 'clip' | 'export' | 'protect';

function Do({ what, act }: { what: Act; act: { isPending: boolean; mutate: (what: Act) => void } }): ReactNode {
  const { t } = useTranslation();
  return (
    <button type="button" disabled={act.isPending} onClick={() => act.mutate(what)}>
      {t(`do.${what}`)}
    </button>
  );
}
