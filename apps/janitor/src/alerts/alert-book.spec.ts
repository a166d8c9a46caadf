import { cameraId } from '@vr/contracts';
import { AlertBook } from './alert-book';
import type { Trouble } from './trouble';

const CAM_1 = cameraId.parse('cam_1');
const BEGAN_MS = Date.UTC(2026, 10, 28, 2, 15);
const away: Trouble = { kind: 'camera_offline', cameraId: CAM_1, sinceMs: BEGAN_MS, message: 'away' };

describe('AlertBook', () => {
  let nowMs: number;
  const clock = { nowMs: () => BEGAN_MS + nowMs, monotonicMs: () => nowMs };
  beforeEach(() => (nowMs = 0));
  /** Looks every 5 s from now on, and returns what was told, with the second of the look. */
  function looks(book: AlertBook, seconds: number, troubles: readonly Trouble[]) {
    const told: [number, string, string][] = [];
    for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
      nowMs += 5000;
      for (const { kind, state } of book.look(troubles)) told.push([nowMs / 1000, kind, state]);
    }
    return told;
  }

  it('raises a camera that is away for 30 s once, and clears it once it is back for 10 s', () => {
    const book = new AlertBook(clock);
    expect(looks(book, 120, [away])).toEqual([[35, 'camera_offline', 'raised']]);
    expect(book.raised).toEqual([{ kind: 'camera_offline', cameraId: CAM_1, sinceMs: BEGAN_MS }]);
    expect(looks(book, 60, [])).toEqual([[130, 'camera_offline', 'cleared']]);
    expect(book.raised).toEqual([]);
  });

  it('tells in both messages the same beginning, which the disk knows', () => {
    const book = new AlertBook(clock);
    const told = [];
    for (; nowMs < 40_000; nowMs += 5000) told.push(...book.look([away]));
    for (; nowMs < 60_000; nowMs += 5000) told.push(...book.look([]));
    expect(told).toEqual([
      { kind: 'camera_offline', state: 'raised', camera_id: CAM_1, since: BEGAN_MS / 1000, message: 'away' },
      { kind: 'camera_offline', state: 'cleared', camera_id: CAM_1, since: BEGAN_MS / 1000, message: 'It is over.' },
    ]);
  });

  it('says nothing of a reconnect, and makes one alert of a camera that comes and goes', () => {
    const book = new AlertBook(clock);
    const blink = (): Trouble => ({ ...away, sinceMs: clock.nowMs() });
    expect(looks(book, 25, [blink()])).toEqual([]);
    expect(looks(book, 50, [])).toEqual([]);
    expect(looks(book, 25, [blink()])).toEqual([]);
    expect(looks(book, 10, [])).toEqual([]);
    expect(looks(book, 60, [blink()])).toEqual([[140, 'camera_offline', 'raised']]);
    for (let times = 0; times < 5; times++) {
      expect(looks(book, 5, [])).toEqual([]);
      expect(looks(book, 10, [away])).toEqual([]);
    }
  });

  it('keeps two cameras and two kinds apart', () => {
    const book = new AlertBook(clock);
    const other: Trouble = { ...away, cameraId: cameraId.parse('cam_2') };
    looks(book, 40, [away, other, { kind: 'store', message: 'gone' }]);
    expect(looks(book, 40, [other, { kind: 'store', message: 'gone' }])).toEqual([
      [50, 'camera_offline', 'cleared'],
      [65, 'store', 'raised'],
    ]);
  });

  it('believes the disk about the beginning once it runs for a minute, and two looks found the trouble', () => {
    const book = new AlertBook(clock);
    expect(looks(book, 60, [])).toEqual([]);
    expect(looks(book, 5, [away])).toEqual([]);
    expect(looks(book, 5, [away])).toEqual([[70, 'camera_offline', 'raised']]);
  });

  it('leaves what a look cannot judge as it is', () => {
    const book = new AlertBook(clock);
    looks(book, 40, [away]);
    nowMs += 60_000;
    expect(book.look([], new Set(['camera_offline']))).toEqual([]);
    expect(book.raised).toHaveLength(1);
  });

  it('goes on where an earlier life stopped: tells nothing twice, and clears what is over', () => {
    const earlier = [
      { kind: 'camera_offline' as const, cameraId: CAM_1, sinceMs: BEGAN_MS },
      { kind: 'disk' as const, sinceMs: BEGAN_MS },
    ];
    expect(looks(new AlertBook(clock, earlier), 60, [away])).toEqual([[10, 'disk', 'cleared']]);
  });
});
