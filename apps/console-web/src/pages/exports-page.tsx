import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { exportPath, exports, makeExport, removeExport, type Camera, type Export } from '../api/client';
import { shownSize } from '../words/shown-size';
import { shownTime } from '../words/shown-time';
import { Answer } from './answer';
import { Fault } from './fault';
import { useCameras } from './use-cameras';

const LOOK_MS = 2_000;

/** Files of long ranges: asked for, on their way, and there. */
export function ExportsPage(): ReactNode {
  const { t } = useTranslation();
  const answer = useQuery({ queryKey: ['exports'], queryFn: exports, refetchInterval: LOOK_MS });
  const { list, nameOf } = useCameras();
  return (
    <>
      <h1>{t('exports')}</h1>
      <NewExport cameras={list} />
      <Answer of={answer}>
        {(made) =>
          made.length === 0 ? (
            <p>{t('noExports')}</p>
          ) : (
            <ul className="grid">
              {made.map((each) => (
                <ExportCard key={each.export_id} of={each} name={nameOf(each.camera_id)} />
              ))}
            </ul>
          )
        }
      </Answer>
    </>
  );
}

function NewExport({ cameras: list }: { cameras: readonly Camera[] }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [chosen, setChosen] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [fault, setFault] = useState('');
  const title = useId();
  const make = useMutation({
    mutationFn: makeExport,
    onError: (error: Error) => setFault(error.message),
    onSuccess: () => client.invalidateQueries({ queryKey: ['exports'] }),
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // A time without a zone is one of this browser's zone, which the form names.
    const [start, end] = [Date.parse(from) / 1000, Date.parse(to) / 1000];
    const isRange = start < end;
    setFault(isRange ? '' : t('wantedRange'));
    if (isRange) make.mutate({ camera_id: chosen || (list[0]?.id ?? ''), start, end });
  };
  return (
    <form className="card form" aria-labelledby={title} onSubmit={submit}>
      <h2 id={title}>{t('makeExport')}</h2>
      <p className="quiet">{t('exportHelp', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}</p>
      <label>
        {t('camera')}
        <select value={chosen} onChange={({ target }) => setChosen(target.value)}>
          {list.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('from')}
        <input type="datetime-local" step={1} required value={from} onChange={({ target }) => setFrom(target.value)} />
      </label>
      <label>
        {t('to')}
        <input type="datetime-local" step={1} required value={to} onChange={({ target }) => setTo(target.value)} />
      </label>
      <Fault of={fault} />
      <p className="actions">
        <button type="submit" disabled={make.isPending || list.length === 0}>
          {t('make')}
        </button>
      </p>
    </form>
  );
}

function ExportCard({ of, name }: { of: Export; name: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeExport(of.export_id),
    onSettled: () => client.invalidateQueries({ queryKey: ['exports'] }),
  });
  const { state, percent = 0, size_bytes: bytes = 0, message = '' } = of;
  const isOver = state === 'ready' || state === 'failed';
  return (
    <li className="card">
      <h2>{name}</h2>
      <p>
        {shownTime(of.start, i18n.language)} – {shownTime(of.end, i18n.language)}
      </p>
      <p className="quiet">{t(`export.${state}`, { percent, message, size: shownSize(bytes, i18n.language) })}</p>
      {state === 'making' && <progress max={100} value={percent} aria-label={t('export.making', { percent })} />}
      {of.partial === true && <p className="quiet">{t('partial')}</p>}
      <Fault of={remove.error} />
      <p className="actions">
        {state === 'ready' && (
          <a href={exportPath(of.export_id)} download>
            {t('download')}
          </a>
        )}
        <button type="button" disabled={remove.isPending || state === 'cancelling'} onClick={() => remove.mutate()}>
          {t(isOver ? 'delete' : 'cancel')}
        </button>
      </p>
    </li>
  );
}
