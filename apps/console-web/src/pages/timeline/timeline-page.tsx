import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cameras as askCameras, type Camera } from '../../api/client';
import { pageClock } from '../../api/page-clock';
import { CameraView } from '../../player/camera-view';
import type { PlayerEngine, Skipped } from '../../player/player-engine';
import type { Span } from '../../player/recorded-runs';
import { useMoment, usePlayer } from '../../player/use-player';
import { ZoneClock } from '../../timeline/ticks';
import { Timeline } from '../../timeline/timeline';
import { shownTime } from '../../words/shown-time';
import { Answer } from '../answer';
import { readSelection, rounded, selectionText, type TimelineAddress } from './address';
import { SelectionBar } from './selection-bar';
import { Shortcuts } from './shortcuts';
import { Transport } from './transport';
import { useLanes } from './use-lanes';

const HOUR_MS = 3_600_000;
/** What is selected at first: as long as the clip of an event. */
const SELECTED_MS = 20_000;
/** Long enough that the newest group of pictures is whole. */
const BEHIND_NOW_MS = 10_000;
const ADDRESS_AFTER_MS = 300;

interface Props {
  address: TimelineAddress;
  onAddress: (change: Partial<TimelineAddress>) => void;
}

export function TimelinePage({ address, onAddress }: Props): ReactNode {
  const { t } = useTranslation();
  const answer = useQuery({ queryKey: ['cameras'], queryFn: askCameras });
  const [start] = useState(() => (address.at === undefined ? pageClock.nowMs() - BEHIND_NOW_MS : address.at * 1000));
  const engine = usePlayer({ atMs: start, rate: address.rate ?? 1, isPaused: address.still === 1 });
  return (
    <>
      <h1>{t('timeline')}</h1>
      <Answer of={answer}>
        {(list) => {
          const chosen = address.cam?.split(',') ?? [];
          const known = list.filter(({ id }) => chosen.includes(id));
          const shown = known.length > 0 ? known : list.slice(0, 1);
          if (engine === undefined) return null;
          if (shown.length === 0) return <p>{t('noCameras')}</p>;
          return <Player {...{ list, shown, engine, address, onAddress }} />;
        }}
      </Answer>
    </>
  );
}

interface PlayerProps extends Props {
  list: readonly Camera[];
  shown: readonly Camera[];
  engine: PlayerEngine;
}

function Player({ list, shown, engine, address, onAddress }: PlayerProps): ReactNode {
  const { t } = useTranslation();
  const { axis } = engine;
  const moment = useMoment(axis);
  const clock = useMemo(() => new ZoneClock(Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  const [view, setView] = useView(address, moment.atMs, moment.playing);
  const [selection, setSelection] = useState<Span | undefined>(() => readSelection(address.sel));
  const lanes = useLanes(shown, view);
  useAddress(engine, view, selection, onAddress);
  const ids = shown.map(({ id }) => id);
  const toggle = (id: string): void => {
    const next = ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id];
    if (next.length > 0) onAddress({ cam: next.join(',') });
  };
  const select = (around: Span): void => setSelection(around);
  return (
    <>
      {list.length > 1 && (
        <div className="wrapped" role="group" aria-label={t('cameras')}>
          {list.map(({ id, name }) => (
            <button key={id} type="button" aria-pressed={ids.includes(id)} onClick={() => toggle(id)}>
              {name}
            </button>
          ))}
        </div>
      )}
      <div className="views" data-count={Math.min(shown.length, 4)}>
        {shown.map((camera) => (
          <CameraView key={camera.id} {...{ camera, engine }} isSmall={shown.length > 1} />
        ))}
      </div>
      <SkipWord engine={engine} clock={clock} />
      <Transport {...{ engine, moment, clock, framesPerSecond: shown[0]?.fps }} />
      <Shortcuts
        {...{ axis, clock, atMs: moment.atMs, cameras: ids, onView: setView, onEvent: select }}
        onSelect={() => select({ startMs: moment.atMs - SELECTED_MS / 2, endMs: moment.atMs + SELECTED_MS / 2 })}
      />
      <Timeline
        {...{ lanes, view, selection, clock, atMs: moment.atMs, onSelect: select }}
        onView={({ startMs, endMs }) => setView({ startMs, endMs })}
        onSeek={(atMs) => axis.jump(atMs)}
      />
      {selection !== undefined && (
        <SelectionBar {...{ cameras: shown, selection, clock }} onClear={() => setSelection(undefined)} />
      )}
    </>
  );
}

/** What is in sight. It turns the page when the playhead runs out of it. */
function useView({ from, to }: TimelineAddress, atMs: number, isPlaying: boolean): [Span, (view: Span) => void] {
  const [view, setView] = useState<Span>(() =>
    from !== undefined && to !== undefined
      ? { startMs: from * 1000, endMs: to * 1000 }
      : { startMs: atMs - HOUR_MS / 2, endMs: atMs + HOUR_MS / 2 },
  );
  const wasInSight = useRef(false);
  useEffect(() => {
    const isInSight = atMs >= view.startMs && atMs < view.endMs;
    const lengthMs = view.endMs - view.startMs;
    if (isPlaying && wasInSight.current && atMs >= view.endMs)
      setView({ startMs: atMs - lengthMs / 10, endMs: atMs + lengthMs * 0.9 });
    wasInSight.current = isInSight;
  }, [atMs, isPlaying, view]);
  return [view, setView];
}

/** The address follows what people do, not the running time: else the browser would hear of it four times a second. */
function useAddress(
  { axis }: PlayerEngine,
  view: Span,
  selection: Span | undefined,
  onAddress: (change: Partial<TimelineAddress>) => void,
): void {
  const tell = useRef(onAddress);
  tell.current = onAddress;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = axis.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const { mode, atMs, rate, playing } = axis.moment;
        const at = mode === 'live' ? undefined : rounded(atMs);
        tell.current({ at, rate: rate === 1 ? undefined : rate, still: playing ? undefined : 1 });
      }, ADDRESS_AFTER_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [axis]);
  useEffect(() => {
    const timer = setTimeout(() => {
      const sel = selection && selectionText(selection);
      tell.current({ from: rounded(view.startMs), to: rounded(view.endMs), sel });
    }, ADDRESS_AFTER_MS);
    return () => clearTimeout(timer);
  }, [view, selection]);
}

/** Says which time play has passed over. */
function SkipWord({ engine, clock }: { engine: PlayerEngine; clock: ZoneClock }): ReactNode {
  const { t, i18n } = useTranslation();
  const [skipped, setSkipped] = useState<Skipped>();
  useEffect(() => {
    engine.onSkip = setSkipped;
    return engine.axis.subscribe(() => {
      const { atMs } = engine.axis.moment;
      setSkipped((last) => (last && Math.abs(last.endMs - atMs) > 1000 ? undefined : last));
    });
  }, [engine]);
  const time = (ms: number): string => shownTime(ms / 1000, i18n.language, clock.zone);
  return (
    <p role="status" aria-label={t('skippedTime')} className="quiet">
      {skipped && t('skipped', { from: time(skipped.startMs), to: time(skipped.endMs) })}
      {skipped?.reason && <> {t(`gap.${skipped.reason}`)}</>}
    </p>
  );
}
