import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Span } from '../player/recorded-runs';
import { shownTime } from '../words/shown-time';
import type { ZoneClock } from './ticks';
import { instantAt, pixelOf, type TimeScale } from './time-scale';

const LEAST_MS = 1000;
const KEY_STEP_MS = 1000;
const LONG_KEY_STEP_MS = 10_000;

interface Props {
  side: 'startMs' | 'endMs';
  selection: Span;
  scale: TimeScale;
  onSelect: (selection: Span) => void;
  clock: ZoneClock;
}

/** One end of the selection: dragged, or moved by a second with the arrow keys. */
export function SelectionHandle({ side, selection, scale, onSelect, clock }: Props): ReactNode {
  const { t, i18n } = useTranslation();
  const grabbedAt = useRef<number>(undefined);
  const atMs = selection[side];
  const moveTo = (wantedMs: number): void =>
    onSelect(
      side === 'startMs'
        ? { ...selection, startMs: Math.min(wantedMs, selection.endMs - LEAST_MS) }
        : { ...selection, endMs: Math.max(wantedMs, selection.startMs + LEAST_MS) },
    );
  const grab = (event: PointerEvent): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    grabbedAt.current = event.clientX - pixelOf(scale, atMs);
  };
  const drag = (event: PointerEvent): void => {
    if (grabbedAt.current !== undefined) moveTo(instantAt(scale, event.clientX - grabbedAt.current));
  };
  const pressed = (event: KeyboardEvent): void => {
    const stepMs = event.shiftKey ? LONG_KEY_STEP_MS : KEY_STEP_MS;
    const byMs = { ArrowLeft: -stepMs, ArrowRight: stepMs }[event.key];
    if (byMs === undefined) return;
    event.preventDefault();
    moveTo(atMs + byMs);
  };
  const x = pixelOf(scale, atMs);
  if (x < 0 || x > scale.widthPixels) return null;
  return (
    <div
      className="handle"
      style={{ left: x }}
      role="slider"
      tabIndex={0}
      aria-label={t(side === 'startMs' ? 'selectionStart' : 'selectionEnd')}
      aria-valuenow={Math.round(atMs / 1000)}
      aria-valuetext={shownTime(atMs / 1000, i18n.language, clock.zone)}
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={() => (grabbedAt.current = undefined)}
      onPointerCancel={() => (grabbedAt.current = undefined)}
      onKeyDown={pressed}
    />
  );
}
