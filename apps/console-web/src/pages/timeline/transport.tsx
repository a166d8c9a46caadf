import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Moment } from '../../player/moment';
import type { PlayerEngine } from '../../player/player-engine';
import type { ZoneClock } from '../../timeline/ticks';
import { instantOfText, localText } from '../../timeline/wall-times';
import { shownTime } from '../../words/shown-time';

const RATES = [0.25, 0.5, 1, 2, 8, 32, 120, 300];

interface Props {
  engine: PlayerEngine;
  moment: Moment;
  clock: ZoneClock;
  framesPerSecond: number | undefined;
}

/** Play, pause, frame by frame, how fast, and which instant. */
export function Transport({ engine, moment, clock, framesPerSecond }: Props): ReactNode {
  const { t, i18n } = useTranslation();
  const { axis } = engine;
  const { playing, atMs, rate, mode } = moment;
  return (
    <div className="wrapped" role="group" aria-label={t('playback')}>
      <button type="button" onClick={() => engine.step(-1, framesPerSecond)} aria-label={t('frameBack')}>
        ◀
      </button>
      <button type="button" onClick={() => (playing ? axis.pause() : axis.play())}>
        {t(playing ? 'pause' : 'play')}
      </button>
      <button type="button" onClick={() => engine.step(1, framesPerSecond)} aria-label={t('frameOn')}>
        ▶
      </button>
      <select aria-label={t('rate')} value={rate} onChange={({ target }) => axis.setRate(Number(target.value))}>
        {[...new Set([...RATES, rate])].map((value) => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
      <button type="button" aria-pressed={mode === 'live'} onClick={() => axis.goLive()}>
        {t('live')}
      </button>
      <time dateTime={new Date(atMs).toISOString()}>{shownTime(atMs / 1000, i18n.language, clock.zone)}</time>
      <JumpTo {...{ atMs, clock }} onJump={(wantedMs) => axis.jump(wantedMs)} />
    </div>
  );
}

function JumpTo(o: { atMs: number; clock: ZoneClock; onJump: (atMs: number) => void }): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState<string>();
  const shown = text ?? localText(o.atMs, o.clock);
  return (
    <form
      className="wrapped"
      onSubmit={(event) => {
        event.preventDefault();
        const wantedMs = instantOfText(shown, o.clock);
        if (wantedMs !== undefined) o.onJump(wantedMs);
        setText(undefined);
      }}
    >
      <input
        type="datetime-local"
        step="1"
        aria-label={t('instant')}
        value={shown}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit">{t('jump')}</button>
    </form>
  );
}
