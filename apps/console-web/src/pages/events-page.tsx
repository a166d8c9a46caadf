import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cameras, events, type RecordedEvent } from '../api/client';
import { beginsLate } from '../words/begins-late';
import { shownTime } from '../words/shown-time';
import { Answer } from './answer';

const LOOK_MS = 5_000;

/** Events, the newest first: the picture at once, the clip when it is ready. */
export function EventsPage(): ReactNode {
  const { t } = useTranslation();
  const [before, setBefore] = useState<number>();
  const answer = useQuery({
    queryKey: ['events', before],
    queryFn: () => events(before),
    refetchInterval: before === undefined ? LOOK_MS : false,
  });
  const names = useQuery({ queryKey: ['cameras'], queryFn: cameras }).data ?? [];
  return (
    <>
      <h1>{t('events')}</h1>
      <Answer of={answer}>
        {({ events: list, next_before: next }) => (
          <>
            {list.length === 0 && <p>{t('noEvents')}</p>}
            <ul className="grid">
              {list.map((event) => (
                <EventCard
                  key={event.event_id}
                  event={event}
                  name={names.find(({ id }) => id === event.camera_id)?.name ?? event.camera_id}
                />
              ))}
            </ul>
            {next !== undefined && (
              <button type="button" onClick={() => setBefore(next)}>
                {t('older')}
              </button>
            )}
          </>
        )}
      </Answer>
    </>
  );
}

function EventCard({ event, name }: { event: RecordedEvent; name: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const [playing, setPlaying] = useState(false);
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
      {media !== undefined && (
        <p className="actions">
          <button type="button" onClick={() => setPlaying(true)}>
            {t('play')}
          </button>
          <a href={media} download>
            {t('download')}
          </a>
        </p>
      )}
    </li>
  );
}
