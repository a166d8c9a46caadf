import fc from 'fast-check';
import { ArrivalOrder } from './arrival-order';

interface Came {
  value: number;
  lost: number;
}

function order(window: { packets: number; ms: number }) {
  const came: Came[] = [];
  const arrivals = new ArrivalOrder(
    { packet: (bytes, from, _to, _arrivalMs, lost) => came.push({ value: bytes.readUInt32BE(from), lost }) },
    window,
  );
  const push = (value: number, atMs = value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    arrivals.push(value & 0xffff, bytes, 0, 4, atMs);
  };
  return { arrivals, came, push };
}

const WINDOW = { packets: 32, ms: 1000 };

describe('ArrivalOrder', () => {
  it('hands on what comes in order at once, over the wrap of the count', () => {
    const { arrivals, came, push } = order({ packets: 0, ms: 0 });
    for (let value = 65_530; value < 65_550; value++) push(value);
    expect(came.map(({ value }) => value)).toEqual(Array.from({ length: 20 }, (_, i) => 65_530 + i));
    expect(arrivals.counts).toEqual({ received: 20, lost: 0, late: 0 });
    expect(arrivals.highest).toBe(65_549);
  });

  it('says before which packet some are missing', () => {
    const { came, push } = order({ packets: 0, ms: 0 });
    [1, 2, 5, 6].forEach((value) => push(value));
    expect(came).toEqual([
      { value: 1, lost: 0 },
      { value: 2, lost: 0 },
      { value: 5, lost: 2 },
      { value: 6, lost: 0 },
    ]);
  });

  it('brings into order what is out of it by less than the window, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ delay: fc.nat(20), gone: fc.integer({ min: 0, max: 9 }), twice: fc.boolean() }), {
          minLength: 2,
          maxLength: 200,
        }),
        fc.nat(65_535),
        (packets, first) => {
          const { arrivals, came, push } = order(WINDOW);
          push(first, 0);
          const sent = packets.flatMap(({ delay, gone, twice }, i) => {
            const value = first + 1 + i;
            if (gone === 0 && i < packets.length - 1) return [];
            return Array.from({ length: twice ? 2 : 1 }, () => ({ value, at: i + delay }));
          });
          sent.sort((a, b) => a.at - b.at);
          for (const { value, at } of sent) push(value, at);
          arrivals.release(Infinity);
          const values = [first, ...new Set(sent.map(({ value }) => value))].sort((a, b) => a - b);
          expect(came.map(({ value }) => value)).toEqual(values);
          const span = (values.at(-1) ?? first) - first + 1;
          expect(arrivals.counts.lost).toBe(span - values.length);
          expect(came.reduce((sum, { lost }) => sum + lost, 0)).toBe(span - values.length);
        },
      ),
    );
  });

  it('gives up a packet after a while, also when no other comes', () => {
    const { arrivals, came, push } = order(WINDOW);
    push(1, 0);
    push(3, 10);
    arrivals.release(900);
    expect(came).toHaveLength(1);
    arrivals.release(1010);
    expect(came.at(-1)).toEqual({ value: 3, lost: 1 });
    push(2, 1020);
    expect(arrivals.counts).toMatchObject({ lost: 1, late: 1 });
    expect(came).toHaveLength(2);
  });

  it('goes on where a camera counts anew, without counting that as loss', () => {
    const { arrivals, came, push } = order(WINDOW);
    [10, 11, 30_000, 30_001].forEach((value) => push(value));
    expect(came.map(({ value }) => value)).toEqual([10, 11, 30_000, 30_001]);
    expect(arrivals.counts.lost).toBe(0);
    for (let i = 0; i < 100; i++) push(29_000 + i);
    expect(came.at(-1)?.value).toBe(29_099);
  });
});
