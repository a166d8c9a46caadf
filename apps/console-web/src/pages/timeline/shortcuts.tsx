import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { neighbour } from '../../api/footage';
import { pageClock } from '../../api/page-clock';
import type { MomentAxis } from '../../player/moment';
import type { Span } from '../../player/recorded-runs';
import type { ZoneClock } from '../../timeline/ticks';
import { lastNight } from '../../timeline/wall-times';

const DAY_MS = 86_400_000;
/** What led to an event is seen first. */
const BEFORE_EVENT_MS = 3000;
/** Further on than where the jump to the last one led to. */
const PAST_EVENT_MS = BEFORE_EVENT_MS + 1000;

interface Props {
  axis: MomentAxis;
  clock: ZoneClock;
  atMs: number;
  cameras: readonly string[];
  onView: (view: Span) => void;
  onEvent: (stretch: Span) => void;
  onSelect: () => void;
}

type Wanted = 'previous' | 'next' | 'night';

/** Where people want to go: last night, yesterday, the events. The stretch of an event that is found is selected. */
export function Shortcuts({ axis, clock, atMs, cameras, onView, onEvent, onSelect }: Props): ReactNode {
  const { t } = useTranslation();
  const go = useMutation({
    mutationFn: async (wanted: Wanted) => {
      const night = lastNight(pageClock.nowMs(), clock);
      if (wanted === 'night') onView(night);
      const [fromMs, direction] =
        wanted === 'night'
          ? ([night.startMs, 'next'] as const)
          : ([wanted === 'next' ? atMs + PAST_EVENT_MS : atMs, wanted] as const);
      const event = await neighbour({ cameras, atMs: fromMs, direction });
      const isMeant = event !== undefined && (wanted !== 'night' || event.at * 1000 < night.endMs);
      if (isMeant) {
        axis.jump(event.at * 1000 - BEFORE_EVENT_MS);
        onEvent({ startMs: event.start * 1000, endMs: event.end * 1000 });
      } else if (wanted === 'night') axis.jump(night.startMs);
      return isMeant;
    },
  });
  return (
    <div className="wrapped" role="group" aria-label={t('shortcuts')}>
      <button type="button" onClick={() => go.mutate('night')}>
        {t('lastNight')}
      </button>
      <button type="button" onClick={() => axis.jump(atMs - DAY_MS)}>
        {t('dayBefore')}
      </button>
      <button type="button" onClick={() => go.mutate('previous')}>
        {t('previousEvent')}
      </button>
      <button type="button" onClick={() => go.mutate('next')}>
        {t('nextEvent')}
      </button>
      <button type="button" onClick={onSelect}>
        {t('select')}
      </button>
      {go.data === false && <span role="status">{t(go.variables === 'night' ? 'quietNight' : 'noFurtherEvent')}</span>}
      {go.isError && (
        <span role="alert" className="fault">
          {go.error.message}
        </span>
      )}
    </div>
  );
}
