import { useEffect, type RefObject } from 'react';
import { moved, pinched, zoomed, type TimeScale } from './time-scale';

/** A finger that moves less than this has tapped. */
const TAP_PIXELS = 5;
const WHEEL_STEP = 0.0015;

export interface Gestures {
  scale: () => TimeScale;
  onScale: (scale: TimeScale) => void;
  onTap: (x: number) => void;
  onHover: (at: { x: number; y: number } | undefined) => void;
}

/** Drag moves, wheel and pinch zoom, a tap goes there. Fingers and mouse are the same. */
export function useGestures(element: RefObject<HTMLElement | null>, gestures: RefObject<Gestures>): void {
  useEffect(() => {
    const target = element.current;
    if (target === null) return undefined;
    const ending = new AbortController();
    const { signal } = ending;
    const fingers = new Map<number, number>();
    let travelled = 0;
    const xOf = (event: MouseEvent): number => event.clientX - target.getBoundingClientRect().left;
    const pair = (): [number, number] => {
      const [a = 0, b = 0] = [...fingers.values()];
      return [a, b];
    };

    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      target.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, xOf(event));
      travelled = fingers.size === 1 ? 0 : Infinity;
    };
    const move = (event: PointerEvent): void => {
      const x = xOf(event);
      const beforeX = fingers.get(event.pointerId);
      const { scale, onScale, onHover } = gestures.current;
      onHover({ x, y: event.clientY - target.getBoundingClientRect().top });
      if (beforeX === undefined) return;
      const from = pair();
      fingers.set(event.pointerId, x);
      travelled += Math.abs(x - beforeX);
      if (fingers.size === 2) onScale(pinched(scale(), from, pair()));
      else if (travelled > TAP_PIXELS) onScale(moved(scale(), x - beforeX));
    };
    const up = (event: PointerEvent): void => {
      if (fingers.delete(event.pointerId) && event.type === 'pointerup' && travelled <= TAP_PIXELS)
        gestures.current.onTap(xOf(event));
    };
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { scale, onScale } = gestures.current;
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      if (isSideways) onScale(moved(scale(), -(event.deltaX || event.deltaY)));
      else onScale(zoomed(scale(), xOf(event), Math.exp(-event.deltaY * WHEEL_STEP)));
    };
    target.addEventListener('pointerdown', down, { signal });
    target.addEventListener('pointermove', move, { signal });
    target.addEventListener('pointerup', up, { signal });
    target.addEventListener('pointercancel', up, { signal });
    target.addEventListener('pointerleave', () => gestures.current.onHover(undefined), { signal });
    target.addEventListener('wheel', wheel, { signal, passive: false });
    return () => ending.abort();
  }, [element, gestures]);
}
