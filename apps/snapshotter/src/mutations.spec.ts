import fc from 'fast-check';
import type { Clock } from '@vr/base';
import { cameraConfig, ContractError, ERROR_CODES, snapshotKey, snapshotRecord } from '@vr/contracts';
import { type WantedSnapshot } from '@vr/library';
import { readJpeg } from '@vr/media';
import { checkFrameUrl } from './frames/frame-address';
import { readFrame } from './frames/read-frame';
import { SnapshotIntake } from './snapshots/snapshot-intake';
import { smallestJpeg } from './testing/smallest-jpeg';

const RUNS = Number(process.env['MUTATIONS'] ?? 10_000);
const SEED = 20_261_123;
const NOW = 1_795_435_200.123;

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    '\u0000',
    '../../etc/passwd',
    '__proto__',
    '\ud800',
    'x'.repeat(3000),
    true,
    [],
    {},
    'NaN',
    -0,
    1e308,
    -1,
    1e11,
    2 ** 53,
    NOW + 3500,
    NOW + 7200,
  ),
  fc.constantFrom<unknown>(
    'http://169.254.169.254/',
    'http://[::1',
    'file:///etc/passwd',
    'http://a b/',
    'http://cam_1@10.0.0.9/',
    '2026-02-30T25:61:61Z',
    '/9j/',
    'data:image/jpeg;base64,',
  ),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
);

/** A payload with one to three fields set, removed, wrapped or copied. */
function mutated(valid: Record<string, unknown>): fc.Arbitrary<unknown> {
  const names = Object.keys(valid);
  const change = fc.record({
    how: fc.constantFrom('set', 'set', 'remove', 'wrap', 'copy'),
    field: fc.constantFrom(...names, '__proto__', 'data'),
    other: fc.constantFrom(...names),
    value: hostile,
  });
  const changed: fc.Arbitrary<unknown> = fc.array(change, { minLength: 0, maxLength: 3 }).map((changes) => {
    const payload: Record<string, unknown> = { ...valid };
    for (const { how, field, other, value } of changes) {
      const to = how === 'set' ? value : how === 'wrap' ? [payload[field]] : payload[other];
      if (how === 'remove') Reflect.deleteProperty(payload, field);
      else Object.defineProperty(payload, field, { value: to, enumerable: true, configurable: true, writable: true });
    }
    return payload;
  });
  return fc
    .oneof({ weight: 20, arbitrary: changed }, { weight: 1, arbitrary: hostile })
    .map((payload) => (JSON.parse(JSON.stringify({ payload })) as { payload?: unknown }).payload);
}

/** Expects that whatever comes is taken, or refused with a code. Both happen. */
async function survives<T>(arbitrary: fc.Arbitrary<T>, handle: (value: T) => unknown): Promise<void> {
  const outcomes = { taken: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      try {
        await handle(value);
        outcomes.taken += 1;
      } catch (error) {
        if (!(error instanceof ContractError)) throw error;
        expect(ERROR_CODES).toContain(error.code);
        outcomes.refused += 1;
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(outcomes.taken).toBeGreaterThan(RUNS / 100);
  expect(outcomes.refused).toBeGreaterThan(RUNS / 20);
}

describe(`${RUNS} mutations of`, () => {
  const arrival = { atMs: NOW * 1000, mark: '1' };
  const clock: Clock = { nowMs: () => NOW * 1000, monotonicMs: () => 0 };
  const cameras = {
    find: (id: string) => (id === 'cam_1' ? cameraConfig.parse({ id, url: 'rtsp://10.0.0.5/1' }) : undefined),
  };
  const claimed: WantedSnapshot[] = [];
  const folder = {
    claim: async (wanted: WantedSnapshot) => {
      claimed.push(wanted);
      return { record: { ...wanted, key: snapshotKey(wanted.snapshot_id), state: 'claimed' as const }, isNew: true };
    },
  };
  const outbox = {
    make: () => Promise.reject(new ContractError('no_footage', 'none')),
    take: () => undefined,
    waitingByHand: () => 0,
  };
  const intake = new SnapshotIntake(
    { SNAPSHOTS_BUCKET: 'snapshots' },
    clock,
    cameras,
    folder,
    outbox,
    { tell: async () => undefined },
    { error: () => undefined },
    { admit: (_what, _camera, _waiting, enter) => enter() },
    { checkByHand: () => Promise.resolve() },
  );
  /** Expects that what was let through can be written, read back and found again. */
  const checkClaims = (): void => {
    for (const wanted of claimed.splice(0)) {
      expect(
        snapshotRecord.safeParse(
          JSON.parse(JSON.stringify({ ...wanted, key: snapshotKey(wanted.snapshot_id), state: 'claimed' })),
        ).success,
      ).toBe(true);
      expect(wanted.snapshot_id).toMatch(/^cam_1_\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z$/);
    }
  };

  it('a frame message in JSON', async () => {
    const valid = { camera_id: 'cam_1', timestamp: NOW, frame_number: 7, url: 'http://10.0.0.9:8080/7.jpg' };
    await survives(
      fc.oneof(mutated(valid), mutated({ camera_id: 'cam_1', timestamp: NOW, data: smallestJpeg.toString('base64') })),
      (payload) => {
        const { picture } = readFrame(payload ?? null, { headers: {}, body: Buffer.alloc(0), arrival });
        if ('url' in picture) checkFrameUrl(picture.url, undefined);
      },
    );
  }, 60_000);

  it('a bare JPEG with headers', async () => {
    const header = fc.oneof({ weight: 8, arbitrary: fc.constant(`${NOW}`) }, { weight: 1, arbitrary: fc.string() });
    const camera = fc.oneof({ weight: 8, arbitrary: fc.constant('cam_1') }, { weight: 1, arbitrary: fc.string() });
    const bytes = fc.array(fc.tuple(fc.nat(smallestJpeg.length - 1), fc.nat(255)), { maxLength: 2 }).chain((edits) =>
      fc
        .oneof(
          { weight: 3, arbitrary: fc.constant(smallestJpeg.length) },
          { weight: 1, arbitrary: fc.nat(smallestJpeg.length) },
        )
        .map((length) => {
          const copy = Buffer.from(smallestJpeg);
          for (const [at, value] of edits) copy[at] = value;
          return copy.subarray(0, length);
        }),
    );
    await survives(fc.record({ header, camera, bytes }), ({ header: timestamp, camera: camera_id, bytes: body }) => {
      const { picture } = readFrame(undefined, { headers: { camera_id, timestamp }, body, arrival });
      if (!('jpeg' in picture) || !readJpeg(picture.jpeg)) throw new Error('a picture that is none was kept');
    });
  }, 60_000);

  it('an event', async () => {
    const valid = {
      camera_id: 'cam_1',
      timestamp: NOW - 1,
      event_id: 'e-1',
      event_type: 'person',
      end_timestamp: NOW + 3,
      pre_seconds: 10,
      box: [1, 2, 3, 4],
    };
    await survives(mutated(valid), (payload) =>
      intake.acceptEvent({ subject: 'seguranca.event.person', arrival }, payload),
    );
    checkClaims();
  }, 60_000);

  it('a request', async () => {
    const valid = { camera_id: 'cam_1', reason: 'doorbell', timestamp: NOW, request_id: 'r-1', event_id: 'e-1' };
    await survives(mutated(valid), (payload) =>
      intake
        .request(payload, arrival)
        .catch((error: unknown) =>
          error instanceof ContractError && error.code === 'no_footage' ? 'taken' : Promise.reject(error as Error),
        ),
    );
    checkClaims();
  }, 60_000);
});
