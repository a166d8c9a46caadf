import { jest } from '@jest/globals';
import { ContractError } from '@vr/contracts';
import { Refusals, type Refused } from './refusals';

const refused = (n: number): Refused => ({
  subject: 's',
  payload: { n },
  body: new Uint8Array(),
  arrival: { atMs: 0, mark: '' },
  error: new ContractError('invalid_payload', 'x'),
});

describe('the answers to refused messages', () => {
  let nowMs: number;
  let said: { subject: string; payload: unknown }[];
  let refusals: Refusals;
  beforeEach(() => {
    jest.useFakeTimers();
    [nowMs, said] = [0, []];
    refusals = new Refusals(
      { publish: async (subject, payload) => void said.push({ subject, payload }) },
      { monotonicMs: () => nowMs },
      { warn: () => undefined },
    );
    refusals.answer('s', ({ payload }) => ({
      cameraId: 'cam_1',
      subject: 'failed',
      payload: { message: `no ${(payload as { n: number }).n}`, camera_id: 'cam_1' },
    }));
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const flood = async (count: number): Promise<void> => {
    for (let n = 1; n <= count; n++) await refusals.refused('s', refused(n));
  };
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    await jest.advanceTimersByTimeAsync(ms);
  };

  it('are given one by one', async () => {
    await flood(2);
    expect(said).toEqual(
      [1, 2].map((n) => ({ subject: 'failed', payload: { message: `no ${n}`, camera_id: 'cam_1' } })),
    );
  });

  it('of a broken detector are 30 a minute, and one that says how many were left out', async () => {
    await flood(1000);
    expect(said).toHaveLength(30);
    await pass(60_000);
    expect(said).toHaveLength(31);
    expect(said[30]).toEqual({
      subject: 'failed',
      payload: { message: expect.stringMatching(/^970 more.*no 1000$/) as string, camera_id: 'cam_1', left_out: 970 },
    });
    await pass(600_000);
    expect(said).toHaveLength(31);
  });

  it('are bounded for each subject and camera by itself', async () => {
    refusals.answer('t', () => ({ cameraId: 'cam_1', subject: 'other', payload: { message: 'no' } }));
    await flood(100);
    await refusals.refused('t', refused(1));
    await refusals.tell('s', { cameraId: 'cam_2', subject: 'failed', payload: { message: 'no' } });
    await refusals.tell('s', { cameraId: 'cam_1', subject: 'failed', payload: { message: 'no' } });
    expect(said.slice(30)).toEqual(['other', 'failed'].map((subject) => ({ subject, payload: { message: 'no' } })));
  });

  it('begin anew every minute', async () => {
    await flood(35);
    await pass(60_000);
    await flood(1);
    expect(said.map(({ payload }) => (payload as { left_out?: number }).left_out).filter(Boolean)).toEqual([5]);
    expect(said).toHaveLength(32);
  });

  it('that were left out are told of at the end', async () => {
    await flood(31);
    await refusals.end();
    expect(said.at(-1)?.payload).toMatchObject({ left_out: 1 });
    await pass(60_000);
    expect(said).toHaveLength(31);
  });

  it('are not given where nobody is named, or nobody asked for any', async () => {
    refusals.answer('t', () => undefined);
    await refusals.refused('t', refused(1));
    await refusals.refused('u', refused(1));
    expect(said).toEqual([]);
  });

  it('that NATS does not take are an error: the message comes again', async () => {
    refusals = new Refusals(
      { publish: () => Promise.reject(new Error('NATS is away')) },
      { monotonicMs: () => nowMs },
      { warn: () => undefined },
    );
    refusals.answer('s', () => ({ cameraId: 'cam_1', subject: 'failed', payload: { message: 'no' } }));
    await expect(refusals.refused('s', refused(1))).rejects.toThrow('NATS is away');
  });
});
