import type { ClipSpan } from '@vr/contracts';
import fc from 'fast-check';
import { reachMs, sharedWindow, type SharedClip } from './sharing';

const LONGEST_MS = 300_000;
const T0 = Date.UTC(2026, 10, 23, 12);
const span = (fromSeconds: number, toSeconds: number): ClipSpan => ({
  startMs: T0 + fromSeconds * 1000,
  endMs: T0 + toSeconds * 1000,
});
const waiting = (...requests: [ClipSpan, ...ClipSpan[]]): SharedClip => ({
  window: hull(requests),
  mayGrow: true,
  requests,
});
const made = (window: ClipSpan, gaps: ClipSpan[] = []): SharedClip => ({
  window,
  mayGrow: false,
  requests: [window],
  gaps,
});
const hull = (spans: readonly ClipSpan[]): ClipSpan => ({
  startMs: Math.min(...spans.map(({ startMs }) => startMs)),
  endMs: Math.max(...spans.map(({ endMs }) => endMs)),
});
const length = ({ startMs, endMs }: ClipSpan): number => endMs - startMs;

describe('a request by hand shares', () => {
  it.each<[string, SharedClip, ClipSpan, ClipSpan | undefined]>([
    ['a clip of the same window that waits', waiting(span(0, 20)), span(0, 20), span(0, 20)],
    ['one that differs by a second at either end, which grows', waiting(span(0, 20)), span(-1, 21), span(-1, 21)],
    ['one that is a quarter longer', waiting(span(0, 25)), span(2, 22), span(0, 25)],
    ['not one that is longer than that', waiting(span(0, 25.001)), span(2, 22), undefined],
    ['one that grows by a quarter of the shortest request', waiting(span(0, 20)), span(5, 25), span(0, 25)],
    ['not one that would grow by more', waiting(span(0, 20)), span(5.001, 25.001), undefined],
    [
      'not one that is right for itself, but not for all whom the clip is for',
      waiting(span(0, 25), span(0, 20)),
      span(0, 26),
      undefined,
    ],
    ['of short ones what is up to 2 s longer', waiting(span(0, 4)), span(1, 5), span(0, 5)],
    ['not what only touches it', waiting(span(0, 4)), span(4, 5), undefined],
    ['not what is longer than any clip may be', waiting(span(0, 299)), span(2, 301), undefined],
    ['a clip that is there, of the same window', made(span(0, 20)), span(0, 20), span(0, 20)],
    ['a clip that is there, and lacks less than a second of it', made(span(0, 20)), span(0.5, 20.499), span(0, 20)],
    ['not one that lacks a second', made(span(0, 20)), span(-0.5, 20.5), undefined],
    ['not one that lacks more than a quarter of it', made(span(0, 2)), span(1.5, 2.4), undefined],
    ['not one that lacks a second of footage inside it', made(span(0, 20), [span(5, 6)]), span(0, 20), undefined],
    ['one whose gap is of others', made(span(0, 20), [span(1, 4)]), span(4, 20), span(0, 20)],
    ['not one that is there and much longer', made(span(0, 40)), span(10, 30), undefined],
  ])('%s', (_, clip, wanted, window) => {
    expect(sharedWindow(clip, wanted, LONGEST_MS)).toEqual(window);
  });
});

/** Clips of one camera, as requests come and clips are cut. Each request takes the first clip that fits it. */
describe('whatever is asked for, in whatever order, while clips are cut in between', () => {
  interface World {
    clips: (SharedClip & { all: ClipSpan[] })[];
    clipOf: Map<ClipSpan, SharedClip>;
  }
  const request = fc
    .tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 100, max: 40_000 }))
    .map(([from, ms]): ClipSpan => ({ startMs: T0 + from, endMs: T0 + from + ms }));
  const steps = fc.array(
    fc.oneof({ weight: 4, arbitrary: request }, { weight: 1, arbitrary: fc.constant('cut' as const) }),
    { maxLength: 40 },
  );

  function play(asked: readonly (ClipSpan | 'cut')[]): World {
    const world: World = { clips: [], clipOf: new Map() };
    for (const step of asked) {
      if (step === 'cut') {
        for (const clip of world.clips) clip.mayGrow = false;
        continue;
      }
      const host = world.clips.find((clip) => sharedWindow(clip, step, LONGEST_MS));
      const clip = host ?? { window: step, mayGrow: true, requests: [], all: [] };
      if (!host) world.clips.push(clip);
      clip.window = sharedWindow(clip, step, LONGEST_MS) ?? clip.window;
      clip.all.push(step);
      clip.requests = clip.all;
      world.clipOf.set(step, clip);
    }
    return world;
  }

  it('nobody lacks a second, nobody gets much more than he asked for, and no clip is longer than may be', () => {
    fc.assert(
      fc.property(steps, (asked) => {
        const { clipOf } = play(asked);
        for (const [wanted, { window }] of clipOf) {
          const lacks = Math.max(0, window.startMs - wanted.startMs) + Math.max(0, wanted.endMs - window.endMs);
          if (lacks >= 1000 || lacks > length(wanted) / 4) return false;
          if (length(window) > Math.max(1.25 * length(wanted), length(wanted) + 2000)) return false;
          if (length(window) > LONGEST_MS) return false;
        }
        return true;
      }),
      { numRuns: 10_000 },
    );
  });

  it('the same window again makes no further clip, also when clips were cut in between', () => {
    fc.assert(
      fc.property(steps, request, fc.boolean(), (asked, wanted, isCut) => {
        const once = [...asked, wanted, ...(isCut ? (['cut'] as const) : [])];
        return play([...once, { ...wanted }]).clips.length === play(once).clips.length;
      }),
      { numRuns: 10_000 },
    );
  });

  it('those that share lie within reach of each other, by which clips are looked for', () => {
    fc.assert(
      fc.property(steps, (asked) => {
        for (const { all } of play(asked).clips) {
          const [first] = all;
          for (const wanted of first ? all : []) {
            const apart = Math.max(
              Math.abs(wanted.startMs - (first?.startMs ?? 0)),
              Math.abs(wanted.endMs - (first?.endMs ?? 0)),
            );
            if (apart > reachMs(wanted)) return false;
          }
        }
        return true;
      }),
      { numRuns: 10_000 },
    );
  });
});
