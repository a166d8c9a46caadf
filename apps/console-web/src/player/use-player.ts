import { useEffect, useState } from 'react';
import { footageBytes, footageIndex } from '../api/footage';
import { pageClock } from '../api/page-clock';
import { MomentAxis, type Moment } from './moment';
import { PlayerEngine } from './player-engine';

const LOOK_MS = 250;

/** The engine of a page, with its axis; live where no start is given. It starts with the page and ends with it. */
export function usePlayer(first?: { atMs: number; rate: number; isPaused: boolean }): PlayerEngine | undefined {
  const [engine, setEngine] = useState<PlayerEngine>();
  // A later address moves the axis of the engine that is there.
  const [start] = useState(first);
  useEffect(() => {
    const axis = new MomentAxis(pageClock.nowMs);
    if (start !== undefined) {
      axis.jump(start.atMs);
      if (start.isPaused) axis.pause();
      if (start.rate !== 1) axis.setRate(start.rate);
    }
    const made = new PlayerEngine(axis, { index: footageIndex, bytes: footageBytes }, pageClock.nowMs);
    setEngine(made);
    return () => made.close();
  }, [start]);
  return engine;
}

/** The moment, as often as people can read it. */
export function useMoment(axis: MomentAxis): Moment {
  const [moment, setMoment] = useState(axis.moment);
  useEffect(() => {
    const look = (): void => setMoment(axis.moment);
    look();
    const unsubscribe = axis.subscribe(look);
    const timer = setInterval(look, LOOK_MS);
    return () => {
      unsubscribe();
      clearInterval(timer);
    };
  }, [axis]);
  return moment;
}
