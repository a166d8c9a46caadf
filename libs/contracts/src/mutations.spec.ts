import fc from 'fast-check';
import {
  ContractError,
  ERROR_CODES,
  readCameraFrame,
  readClipRequest,
  readDetectorEvent,
  readProtectRequest,
  readSnapshotRequest,
  readUnprotectRequest,
  type PayloadReader,
} from './index';

const RUNS = Number(process.env['MUTATIONS'] ?? 10_000);
const NOW = 1_795_435_200.123;

/** For every subject that we hear: its reader, and a payload as a good program sends it. */
const subjects: Record<string, [PayloadReader<unknown>, Record<string, unknown>]> = {
  'seguranca.event.*': [
    readDetectorEvent,
    {
      camera_id: 'cam_1',
      timestamp: NOW,
      event_id: 'e-1',
      event_type: 'person',
      end_timestamp: NOW + 3,
      pre_seconds: 10,
      post_seconds: 30,
      box: [1, 2, 3, 4],
      zone: { name: 'gate' },
    },
  ],
  'seguranca.record.clip': [
    readClipRequest,
    { camera_id: 'cam_1', start: NOW, end: '2026-11-23T12:01:00Z', reason: 'asked', request_id: 'r-1' },
  ],
  'seguranca.camera.frame': [
    readCameraFrame,
    {
      camera_id: 'cam_1',
      timestamp: NOW * 1000,
      frame_number: 7,
      resolution: '640x360',
      fps: 25,
      url: 'http://127.0.0.1:8080/1.jpg',
      data: '/9j/4AAQ',
    },
  ],
  'seguranca.record.snapshot': [
    readSnapshotRequest,
    { camera_id: 'cam_1', reason: 'doorbell', timestamp: NOW, request_id: 'r-1', event_id: 'e-1' },
  ],
  'seguranca.record.protect': [
    readProtectRequest,
    { camera_id: 'cam_1', start: NOW, end: NOW + 60, reason: 'police', expires: NOW + 86_400 },
  ],
  'seguranca.record.unprotect': [readUnprotectRequest, { protection_id: 'cam_1-1795435200123-0123456789ab' }],
};

/** Values that break programs, and any other. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '\u0000',
    '../../etc/passwd',
    '__proto__',
    'constructor',
    '\ud800',
    'x'.repeat(10_000),
    true,
    [],
    {},
    [[[]]],
  ),
  fc.constantFrom<unknown>(
    'NaN',
    -0,
    1e308,
    -1,
    1e11,
    1e11 + 1,
    2 ** 53,
    0.1,
    '2026-02-30T25:61:61Z',
    '2026-11-23T12:00:00',
  ),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
);

/** A payload with one to four of its fields changed, removed, added, nested or wrapped. */
function mutated(valid: Record<string, unknown>): fc.Arbitrary<unknown> {
  const names = Object.keys(valid);
  const field = fc.oneof(
    fc.constantFrom(...names),
    fc.constantFrom('__proto__', 'toString', 'data', ''),
    fc.string({ maxLength: 20 }),
  );
  const change = fc.record({
    how: fc.constantFrom('set', 'remove', 'wrap', 'text', 'copy'),
    field,
    other: fc.constantFrom(...names),
    value: hostile,
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).chain((changes) => {
    const payload: Record<string, unknown> = { ...valid };
    for (const { how, field: name, other, value } of changes) {
      const set = (to: unknown): void =>
        void Object.defineProperty(payload, name, { value: to, enumerable: true, configurable: true, writable: true });
      if (how === 'set') set(value);
      else if (how === 'remove') Reflect.deleteProperty(payload, name);
      else if (how === 'wrap') set([payload[name]]);
      else if (how === 'text') set(JSON.stringify(payload[name] ?? value));
      else set(payload[other]);
    }
    const whole = fc.constantFrom<unknown>([payload], { data: payload }, JSON.stringify(payload));
    return fc.oneof(
      { weight: 20, arbitrary: fc.constant<unknown>(payload) },
      { weight: 1, arbitrary: whole },
      { weight: 1, arbitrary: hostile },
    );
  });
}

describe.each(Object.entries(subjects))('%s', (_, [read, valid]) => {
  it('takes a good payload', () => {
    expect(() => read(valid, NOW * 1000)).not.toThrow();
  });

  it(`takes or refuses with a code each of ${RUNS} mutations of it, and never breaks`, () => {
    const outcomes = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(mutated(valid), (payload) => {
        // JSON once there and back, as a payload comes from the wire.
        const received = (JSON.parse(JSON.stringify({ payload })) as { payload?: unknown }).payload;
        try {
          read(received, NOW * 1000);
          outcomes.accepted += 1;
        } catch (error) {
          if (!(error instanceof ContractError)) throw error;
          expect(ERROR_CODES).toContain(error.code);
          expect(error.message.length).toBeLessThanOrEqual(500);
          outcomes.refused += 1;
        }
      }),
      { numRuns: RUNS, seed: 20_261_123 },
    );
    // A suite that always accepts, or always refuses, tests nothing.
    expect(outcomes.accepted).toBeGreaterThan(RUNS / 100);
    expect(outcomes.refused).toBeGreaterThan(RUNS / 10);
  }, 60_000);
});
