import { knownSecrets } from '@vr/base';
import {
  readClipRequest,
  readDetectorEvent,
  readProtectRequest,
  readSnapshotRequest,
  readUnprotectRequest,
  type DetectorEvent,
} from './index';

const NOW = Date.UTC(2026, 10, 27, 12);
const AT = NOW / 1000;
const event = (payload: unknown): DetectorEvent => readDetectorEvent(payload, NOW);
const faultOf = (payload: unknown): unknown => {
  try {
    return event(payload);
  } catch (error) {
    return error;
  }
};

describe('a message from outside', () => {
  const bare = { cameraId: 'cam_1', timestampMs: NOW };

  it.each<[string, Record<string, unknown>]>([
    ['null', { event_id: null, event_type: null, end_timestamp: null, pre_seconds: null, post_seconds: null }],
    ['blank text', { event_id: '', event_type: ' ', end_timestamp: '', pre_seconds: '', post_seconds: '\n' }],
    ['NaN', { event_id: NaN, end_timestamp: NaN, pre_seconds: Infinity }],
    ["Go's zero values", { event_id: '', event_type: '', end_timestamp: '0001-01-01T00:00:00Z' }],
    ["Go's zero number", { end_timestamp: 0 }],
    ["Go's zero time as Unix()", { end_timestamp: -62135596800 }],
    ["Go's zero time as UnixMilli()", { end_timestamp: -62135596800000 }],
    ["Go's zero time as UnixMicro()", { end_timestamp: '-62135596800000000' }],
    ["Go's zero time as UnixNano(), which overflows", { end_timestamp: '-6795364578871345152' }],
    ["Go's zero time as a double of UnixNano()", { end_timestamp: -6795364578871345000 }],
    ["Go's zero time as String()", { end_timestamp: '0001-01-01 00:00:00 +0000 UTC' }],
    ["Go's zero time in a zone of long ago", { end_timestamp: '0000-12-31T20:53:32-03:06' }],
    [".NET's DateTime.MinValue", { end_timestamp: '0001-01-01T00:00:00' }],
    [".NET's DateTimeOffset.MinValue", { end_timestamp: '0001-01-01T00:00:00+00:00' }],
    [".NET's DateTime.MinValue with ticks", { end_timestamp: '0001-01-01T00:00:00.0000000Z' }],
    ["MySQL's zero date", { end_timestamp: '0000-00-00 00:00:00' }],
    ['the epoch', { end_timestamp: '1970-01-01T00:00:00Z' }],
    ['the epoch without a zone', { end_timestamp: '1970-01-01 00:00:00' }],
    ['the epoch in another zone', { end_timestamp: '1969-12-31T21:00:00.000-03:00' }],
    ['-1', { end_timestamp: -1 }],
    ['-1 as text', { end_timestamp: '-1' }],
    ["C's failed mktime() as a date", { end_timestamp: '1969-12-31T23:59:59Z' }],
  ])('with %s for no value has none', (_, fields) => {
    const { source, ...read } = event({ camera_id: 'cam_1', timestamp: AT, ...fields });
    expect(JSON.parse(JSON.stringify(read))).toEqual(bare);
    expect(source).toEqual({ camera_id: 'cam_1', timestamp: AT, ...fields });
  });

  it.each<[string, unknown]>([
    ['`camera` for `camera_id`', { camera: 'cam_1', timestamp: AT }],
    ['`camera` beside an empty `camera_id`', { camera_id: null, camera: 'cam_1', timestamp: AT }],
    ["Nest's envelope", { pattern: 'seguranca.event.person', data: { camera_id: 'cam_1', timestamp: AT } }],
    [
      "Nest's envelope round text",
      { pattern: 'p', data: JSON.stringify({ camera_id: 'cam_1', timestamp: AT }), id: '7' },
    ],
    ['JSON in a JSON text', JSON.stringify({ camera_id: 'cam_1', timestamp: AT })],
    ['text round the id', { camera_id: ' cam_1\n', timestamp: AT }],
  ])('is read with %s', (_, payload) => {
    expect(event(payload)).toMatchObject(bare);
  });

  it.each([-1, 0, -62135596800, '0001-01-01T00:00:00', '1970-01-01T00:00:00Z'])(
    'with the unset timestamp %p has none: it is of when it came',
    (timestamp) => {
      expect(event({ camera_id: 'cam_1', timestamp }).timestampMs).toBeUndefined();
    },
  );

  it.each([1, -2, 86_400, -62135596801, '1970-01-02T00:00:00Z', '0002-01-01T00:00:00Z', '1999-12-31T23:59:59Z'])(
    'with the end %p, which is no unset time, is refused',
    (end) => {
      expect(faultOf({ camera_id: 'cam_1', timestamp: AT, end_timestamp: end })).toMatchObject({
        code: 'invalid_payload',
        field: 'end_timestamp',
      });
    },
  );

  it('may write a number as text in one way for instants and lengths', () => {
    const seconds = (text: string): number | undefined =>
      event({ camera_id: 'cam_1', timestamp: AT, pre_seconds: text }).preMs;
    expect(['2,5', '2.5', ' +2.50 ', '25e-1', ',5', '.5'].map(seconds)).toEqual([2500, 2500, 2500, 2500, 500, 500]);
    expect(event({ camera_id: 'cam_1', timestamp: `${AT},5` }).timestampMs).toBe(NOW + 500);
  });

  it('may write numbers as text and text as numbers', () => {
    expect(
      event({
        camera_id: 7,
        timestamp: `${AT}`,
        end_timestamp: `${AT + 1}`,
        event_id: 42,
        event_type: 3,
        pre_seconds: '2.5',
        post_seconds: ' 10 ',
      }),
    ).toMatchObject({
      ...{ cameraId: '7', timestampMs: NOW, endMs: NOW + 1000 },
      ...{ eventId: '42', eventType: '3', preMs: 2500, postMs: 10_000 },
    });
    expect(readSnapshotRequest({ camera_id: 'cam_1', request_id: 12, reason: null }, NOW)).toMatchObject({
      requestId: '12',
      reason: 'request',
    });
    expect(
      readClipRequest({ camera_id: 'cam_1', start: `${AT - 9}`, end: `${AT}`, request_id: 12 }, NOW),
    ).toMatchObject({ startMs: NOW - 9000, endMs: NOW, requestId: '12' });
    expect(
      readProtectRequest({ camera: 'cam_1', start: `${AT - 9}`, end: AT, reason: 726, expires: null, by: '' }, NOW),
    ).toMatchObject({ reason: '726', expiresMs: undefined, by: undefined });
    expect(
      readUnprotectRequest({ protection_id: 'cam_1-1795435200123-0123456789ab', reason: null, by: 7 }, NOW),
    ).toMatchObject({ reason: undefined, by: '7' });
  });

  it('that names a camera itself is not opened, whatever else it holds', () => {
    const payload = { camera_id: 'cam_1', timestamp: AT, pattern: 'stripes', data: { camera_id: 'cam_2' } };
    expect(event(payload)).toEqual(expect.objectContaining({ ...bare, source: payload }));
  });

  it.each<[string, unknown, string | undefined, RegExp]>([
    ['no camera', { timestamp: AT }, 'camera_id', /^camera_id: wanted text, got nothing$/],
    [
      'a camera under another name',
      { CameraID: 'cam_1', timestamp: AT },
      'camera_id',
      /got nothing \(CameraID is there: is it meant\?\)$/,
    ],
    [
      'a camera deeper inside',
      { data: { camera_id: 'cam_1' } },
      'camera_id',
      /\(data\.camera_id is there: it is wanted at the top\)$/,
    ],
    ['a camera that is a path', { camera_id: '../etc' }, 'camera_id', /wanted a camera id/],
    ['a camera that is an object', { camera_id: { id: 'cam_1' } }, 'camera_id', /wanted text, got an object/],
    [
      'a time that is none',
      { camera_id: 'cam_1', timestamp: 'yesterday' },
      'timestamp',
      /seconds since the epoch.*got "yesterday"/,
    ],
    [
      'a length that is none',
      { camera_id: 'cam_1', pre_seconds: '10s' },
      'pre_seconds',
      /wanted 0 to 86400 seconds, got "10s"/,
    ],
    ['a type that is a truth value', { camera_id: 'cam_1', event_type: true }, 'event_type', /wanted text, got true/],
    ['an endless id', { camera_id: 'cam_1', event_id: 'x'.repeat(201) }, 'event_id', /at most 200/],
    ['a list', [{ camera_id: 'cam_1' }], undefined, /wanted a JSON object, got a list/],
    ['nothing', null, undefined, /wanted a JSON object, got null/],
    ['an envelope with nothing in it', { pattern: 'p', data: null }, undefined, /wanted a JSON object, got null/],
    ['a text', 'hello', undefined, /wanted a JSON object, got "hello"/],
  ])('with %s is refused, with the field and what was wanted', (_, payload, field, message) => {
    const fault = faultOf(payload);
    expect(fault).toMatchObject({ code: 'invalid_payload', message: expect.stringMatching(message) as string });
    expect((fault as { field?: string }).field).toBe(field);
  });

  it.each([[{ camera_id: 'cam_1', start: AT, end: AT }], [{ camera_id: 'cam_1', start: AT, end: AT - 1 }]])(
    'asks for no range that ends before it begins: %p',
    (payload) => {
      expect(() => readClipRequest(payload, NOW)).toThrow(
        expect.objectContaining({ field: 'end', message: 'end: wanted an end after the start' }) as Error,
      );
    },
  );
});

describe('a value of which a sentence shows the beginning', () => {
  knownSecrets.add('hunter2-of-the-sentence');

  it.each([0, 40, 50, 56, 59])('shows no half of a secret that stands %s characters behind it', (before) => {
    const value = `${'.'.repeat(before)}hunter2-of-the-sentence${'.'.repeat(100)}`;
    const faults = [
      () => readClipRequest({ camera_id: 'cam_1', start: value, end: AT }, NOW),
      () => readSnapshotRequest({ 'CAMERA-ID': 1, [value]: { cameraId: value } }, NOW),
    ];
    for (const fault of faults)
      expect(fault).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/hunt|unter2/) as string }) as Error,
      );
  });
});
