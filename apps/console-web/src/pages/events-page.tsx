import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteClip, events, type EventFilter, type RecordedEvent } from '../api/client';
import { beginsLate } from '../words/begins-late';
import { dayAround } from '../words/day-around';
import { shownTime } from '../words/shown-time';
import { Answer } from './answer';
import { Fault } from './fault';
import { EventFilters } from './event-filters';
import { useCameras } from './use-cameras';

const LOOK_MS = 5_000;

/** Events, the newest first: the picture at once, the clip when it is ready. */
export function EventsPage(): ReactNode {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<EventFilter>({});
  const [before, setBefore] = useState<number>();
  const asked = { ...wanted, before };
  const isAll = Object.values(asked).every((value) => value === undefined);
  const answer = useQuery({
    queryKey: ['events', asked],
    queryFn: () => events(asked),
    refetchInterval: before === undefined ? LOOK_MS : false,
  });
  const { list, nameOf } = useCameras();
  const choose = (chosen: { camera?: string; type?: string; day?: string }): void => {
    setBefore(undefined);
    const { start, end } = dayAround(chosen.day ?? '') ?? {};
    setWanted({ camera: chosen.camera || undefined, type: chosen.type || undefined, start, end });
  };
  return (
    <>
      <h1>{t('events')}</h1>
      <EventFilters cameras={list} onChoose={choose} />
      <Answer of={answer}>
        {({ events: shown, next_before: next }) => (
          <>
            {shown.length === 0 && <p>{t(isAll ? 'noEvents' : 'noMatch')}</p>}
            <ul className="grid">
              {shown.map((event) => (
                <EventCard key={event.event_id} event={event} name={nameOf(event.camera_id)} />
              ))}
            </ul>
            <p className="actions">
              {before !== undefined && (
                <button type="button" onClick={() => setBefore(undefined)}>
                  {t('newest')}
                </button>
              )}
              {next !== undefined && (
                <button type="button" onClick={() => setBefore(next)}>
                  {t('older')}
                </button>
              )}
            </p>
          </>
        )}
      </Answer>
    </>
  );
}

function EventCard({ event, name }: { event: RecordedEvent; name: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const [playing, setPlaying] = useState(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteClip(event.clip_id),
    onSettled: () => client.invalidateQueries({ queryKey: ['events'] }),
  });
  const { media_path: media, thumbnail_path: picture, event_type: type } = event;
  return (
    <li className="card">
      <h2>
        {/* A detector may name a type that has no word here. */}
        {i18n.exists(`event.${type}`) ? t(`event.${type}`) : type}, {name}
      </h2>
      {playing && media !== undefined ? (
        <video className="picture" src={media} poster={picture} controls autoPlay playsInline />
      ) : (
        picture !== undefined && <img className="picture" src={picture} alt={t('pictureOf', { name })} loading="lazy" />
      )}
      <p>{shownTime(event.at, i18n.language)}</p>
      <p className="quiet">{t(`clip.${event.state}`, { message: event.message ?? '' })}</p>
      {event.partial === true && <p className="quiet">{t(beginsLate(event) ? 'beforeStart' : 'partial')}</p>}
      <Fault of={remove.error} />
      {media !== undefined && (
        <p className="actions">
          <button type="button" onClick={() => setPlaying(true)}>
            {t('play')}
          </button>
          <a href={media} download>
            {t('download')}
          </a>
          <button
            type="button"
            disabled={remove.isPending}
            onClick={() => {
              if (confirm(t('deleteClipNow'))) remove.mutate();
            }}
          >
            {t('deleteClip')}
          </button>
        </p>
      )}
    </li>
  );
}
