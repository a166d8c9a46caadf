import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Span } from '../player/recorded-runs';
import { shownTime } from '../words/shown-time';
import { coloursOf, draw } from './draw';
import { useGestures, type Gestures } from './gestures';
import { gapAt, heightOf, laidOut, type Lane } from './layout';
import { SelectionHandle } from './selection-handle';
import { ticksOf, type Tick, type ZoneClock } from './ticks';
import { instantAt, moved, pixelOf, zoomed, type TimeScale } from './time-scale';

const LABEL_PIXELS = 90;
const KEY_STEP = 1 / 50;
const KEY_ZOOM = 1.5;

export interface TimelineProps {
  lanes: readonly Lane[];
  view: Span;
  onView: (view: Span) => void;
  atMs: number;
  onSeek: (atMs: number) => void;
  selection?: Span;
  onSelect: (selection: Span) => void;
  clock: ZoneClock;
}

/** What there is of every camera, from a week to a second. */
export function Timeline(props: TimelineProps): ReactNode {
  const { lanes, view, onView, atMs, onSeek, selection, onSelect, clock } = props;
  const { t, i18n } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [widthPixels, setWidth] = useState(1000);
  const [hovered, setHovered] = useState<{ x: number; y: number }>();
  const scale: TimeScale = { ...view, widthPixels };
  const gestures = useRef<Gestures>({
    scale: () => scale,
    onScale: onView,
    onTap: (x) => onSeek(instantAt(scale, x)),
    onHover: setHovered,
  });
  gestures.current = { ...gestures.current, scale: () => scale, onScale: onView };
  gestures.current.onTap = (x) => onSeek(instantAt(scale, x));
  useGestures(canvas, gestures);
  useWidth(canvas, setWidth);
  const { startMs, endMs } = view;
  const ticks = useMemo(
    () => ticksOf({ startMs, endMs, widthPixels }, clock, LABEL_PIXELS),
    [startMs, endMs, widthPixels, clock],
  );
  const height = heightOf(lanes.length);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !canvas.current) return;
    const density = window.devicePixelRatio;
    const [wide, high] = [Math.round(widthPixels * density), Math.round(height * density)];
    if (canvas.current.width !== wide) canvas.current.width = wide;
    if (canvas.current.height !== high) canvas.current.height = high;
    context.setTransform(density, 0, 0, density, 0, 0);
    const x = selection && pixelOf(scale, selection.startMs);
    draw(
      context,
      {
        ...{ widthPixels, heightPixels: height, lanes: laidOut(lanes, scale), playheadX: pixelOf(scale, atMs) },
        ticks: ticks.map((tick) => ({
          ...tick,
          x: pixelOf(scale, tick.atMs),
          label: label(tick, i18n.language, scale),
        })),
        selection: selection && x !== undefined ? { x, width: pixelOf(scale, selection.endMs) - x } : undefined,
      },
      coloursOf(canvas.current),
    );
  });

  const pressed = (event: KeyboardEvent): void => {
    const lengthMs = endMs - startMs;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => onSeek(atMs - lengthMs * KEY_STEP),
      ArrowRight: () => onSeek(atMs + lengthMs * KEY_STEP),
      PageUp: () => onView(moved(scale, widthPixels / 2)),
      PageDown: () => onView(moved(scale, -widthPixels / 2)),
      '+': () => onView(zoomed(scale, pixelOf(scale, atMs), KEY_ZOOM)),
      '-': () => onView(zoomed(scale, pixelOf(scale, atMs), 1 / KEY_ZOOM)),
      Home: () => onSeek(startMs),
      End: () => onSeek(endMs),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const spoken = shownTime(atMs / 1000, i18n.language, clock.zone);
  const gap = hovered && gapAt(lanes, instantAt(scale, hovered.x), hovered.y);
  return (
    <div className="timeline">
      <canvas
        ref={canvas}
        style={{ height }}
        role="slider"
        tabIndex={0}
        aria-label={t('timeline')}
        aria-valuemin={Math.round(startMs / 1000)}
        aria-valuemax={Math.round(endMs / 1000)}
        aria-valuenow={Math.round(Math.min(endMs, Math.max(startMs, atMs)) / 1000)}
        aria-valuetext={spoken}
        onKeyDown={pressed}
      />
      {selection !== undefined &&
        (['startMs', 'endMs'] as const).map((side) => (
          <SelectionHandle key={side} side={side} selection={selection} scale={scale} {...{ onSelect, clock }} />
        ))}
      <p className="quiet under" aria-hidden="true">
        {hovered === undefined
          ? t('timelineHint')
          : shownTime(instantAt(scale, hovered.x) / 1000, i18n.language, clock.zone)}
        {gap !== undefined && <> — {t(`gap.${gap.reason}`)}</>}
      </p>
    </div>
  );
}

function useWidth(element: { current: HTMLElement | null }, then: (widthPixels: number) => void): void {
  useEffect(() => {
    const target = element.current;
    if (target === null) return undefined;
    const watching = new ResizeObserver(() => then(Math.max(1, target.clientWidth)));
    watching.observe(target);
    return () => watching.disconnect();
  }, [element, then]);
}

function label({ atMs, isDay }: Tick, language: string, { startMs, endMs, widthPixels }: TimeScale): string {
  if (isDay) return new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric' }).format(atMs);
  const hasSeconds = ((endMs - startMs) / widthPixels) * LABEL_PIXELS < 60_000;
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat(language, hasSeconds ? { ...time, second: '2-digit' } : time).format(atMs);
}
