import { cameraId as cameraIdSchema, ContractError } from '@vr/contracts';
import { eventWindow, requestWindow, type TimedEvent, type WindowRules } from './clip-window';

const cameraId = cameraIdSchema.parse('cam_1');
const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const rules: WindowRules = { nowMs: NOW, preMs: 10_000, postMs: 30_000, maxMs: 300_000, retentionMs: 7 * DAY };
const event = (fields: Partial<TimedEvent>): TimedEvent => ({ timestampMs: NOW - 5000, ...fields });
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return error instanceof ContractError ? error.code : String(error);
  }
};

describe('the window of an event', () => {
  it('goes from pre before it to post after it', () => {
    expect(eventWindow(event({}), rules)).toEqual({
      timestampMs: NOW - 5000,
      startMs: NOW - 15_000,
      endMs: NOW + 25_000,
      clampedByMs: 0,
    });
  });

  it('counts post from the end of an event that lasted', () => {
    expect(eventWindow(event({ timestampMs: NOW - 60_000, endMs: NOW - 20_000 }), rules)).toMatchObject({
      startMs: NOW - 70_000,
      endMs: NOW + 10_000,
    });
  });

  it("takes the event's own pre and post, in whole milliseconds, zero included", () => {
    expect(eventWindow(event({ preMs: 0, postMs: 1234.6 }), rules)).toMatchObject({
      startMs: NOW - 5000,
      endMs: NOW - 5000 + 1235,
    });
  });

  it('is refused by a millisecond too much, and the reason shows it', () => {
    const messageOf = (work: () => unknown): string => {
      try {
        work();
        return 'accepted';
      } catch (error) {
        return error instanceof ContractError ? error.message : String(error);
      }
    };
    expect(messageOf(() => eventWindow(event({ timestampMs: NOW + HOUR + 1 }), rules))).toBe(
      'timestamp: wanted at most 1 hour (3600 s) ahead of now, got 3600.001 s',
    );
    const request = { cameraId, startMs: NOW + HOUR - 9000, endMs: NOW + HOUR + 1, source: {} };
    expect(messageOf(() => requestWindow(request, rules))).toBe(
      'end: wanted at most 1 hour (3600 s) ahead of now, got 3600.001 s',
    );
  });

  it('moves an event from a clock that is ahead to now, with its length', () => {
    expect(eventWindow(event({ timestampMs: NOW + HOUR, endMs: NOW + HOUR + 7000 }), rules)).toEqual({
      timestampMs: NOW,
      startMs: NOW - 10_000,
      endMs: NOW + 37_000,
      clampedByMs: HOUR,
    });
  });

  it.each([
    ['more than an hour ahead', event({ timestampMs: NOW + HOUR + 1 }), 'invalid_payload'],
    ['that ends before it begins', event({ endMs: NOW - 5001 }), 'invalid_payload'],
    [
      'whose clip would be empty, where its camera has no other wish',
      event({ preMs: 0, postMs: 0 }),
      'invalid_payload',
      { ...rules, preMs: 0, postMs: 0 },
    ],
    ['of exactly the greatest length', event({ preMs: 100_000, postMs: 200_000 }), 'accepted'],
    ['a millisecond longer than that', event({ preMs: 100_000, postMs: 200_001 }), 'too_long'],
    ['whose last moment is just still kept', event({ timestampMs: NOW - 7 * DAY - 29_999 }), 'accepted'],
    ['whose last moment has just gone', event({ timestampMs: NOW - 7 * DAY - 30_000 }), 'footage_expired'],
  ])('an event %s', (_, read, code, bounds: WindowRules = rules) => {
    expect(codeOf(() => eventWindow(read, bounds))).toBe(code);
  });

  it('is the usual one where zeros would leave nothing of it, as programs in Go write numbers that are not set', () => {
    expect(eventWindow(event({ preMs: 0, postMs: 0 }), rules)).toEqual(eventWindow(event({}), rules));
  });
});

describe('the window of a request', () => {
  const request = (startMs: number, endMs: number): Parameters<typeof requestWindow>[0] => ({
    cameraId,
    startMs,
    endMs,
    source: {},
  });

  it('is what was asked for, and its moment is its start', () => {
    expect(requestWindow(request(NOW - 60_000, NOW - 30_000), rules)).toEqual({
      timestampMs: NOW - 60_000,
      startMs: NOW - 60_000,
      endMs: NOW - 30_000,
      clampedByMs: 0,
    });
  });

  it.each([
    ['that lies ahead', request(NOW, NOW + 60_000), 'accepted'],
    ['that ends more than an hour ahead', request(NOW + HOUR, NOW + HOUR + 1), 'invalid_payload'],
    ['that is too long', request(NOW - 300_001, NOW), 'too_long'],
    ['of footage that is gone', request(NOW - 8 * DAY, NOW - 8 * DAY + 1000), 'footage_expired'],
  ])('a request %s', (_, read, code) => {
    expect(codeOf(() => requestWindow(read, rules))).toBe(code);
  });
});
