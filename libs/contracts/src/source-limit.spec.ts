import fc from 'fast-check';
import { keepSource, SOURCE_LIMIT_BYTES } from './source-limit';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('what is kept of an event', () => {
  it('is all of it, as it was sent, up to 64 KB', () => {
    const source = { camera_id: 'cam_1', note: 'x'.repeat(SOURCE_LIMIT_BYTES - 60), box: [1, 2] };
    expect(bytesOf(source)).toBeLessThanOrEqual(SOURCE_LIMIT_BYTES);
    expect(keepSource(source)).toEqual({ source, truncated: false });
  });

  it('is what we know, and of the rest the smallest that fit, in the order in which they were sent', () => {
    const picture = 'x'.repeat(300_000);
    const source = {
      picture,
      box: [1, 2, 3, 4],
      camera_id: 'cam_1',
      list: 'y'.repeat(60_000),
      more: 'z'.repeat(50_000),
      timestamp: 1_732_723_200.1,
      event_id: 'e',
    };
    const kept = keepSource(source);
    expect(kept.truncated).toBe(true);
    expect(Object.keys(kept.source)).toEqual(['box', 'camera_id', 'more', 'timestamp', 'event_id']);
  });

  it('prefers what we know to what is small', () => {
    const source = { camera_id: 'cam_1', reason: 'r'.repeat(80), a: 1, b: 2 };
    expect(Object.keys(keepSource(source, 115).source)).toEqual(['camera_id', 'reason']);
  });

  it('leaves out what cannot be written, and a known field that is blown up', () => {
    let deep: unknown = 0;
    for (let i = 0; i < 200_000; i++) deep = [deep];
    const source = { camera_id: 'cam_1', deep, event_id: ' '.repeat(100_000) };
    expect(keepSource(source)).toEqual({ source: { camera_id: 'cam_1' }, truncated: true });
  });

  it('never is more than it may be, is told where it is less than was sent, and holds each field whole (2,000)', () => {
    const object = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 8 });
    fc.assert(
      fc.property(object, fc.integer({ min: 2, max: 200 }), (source, limitBytes) => {
        const kept = keepSource(source, limitBytes);
        expect(bytesOf(kept.source)).toBeLessThanOrEqual(limitBytes);
        expect(kept.truncated).toBe(Object.keys(kept.source).length < Object.keys(source).length);
        for (const [name, value] of Object.entries(kept.source)) expect(value).toBe(source[name]);
      }),
      { numRuns: 2000 },
    );
  });
});
