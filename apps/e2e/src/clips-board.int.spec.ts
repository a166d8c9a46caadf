import { clipFailed } from '@vr/contracts';
import { until } from '@vr/testing';
import { startStack, type Stack } from './stack';

interface BoardJob {
  id: string;
  name: string;
  progress: unknown;
  failedReason: string;
}

describe('the board of clip jobs, in the console', () => {
  let stack: Stack;
  let board: string;
  beforeAll(async () => {
    stack = await startStack({ apps: ['clipper', 'console'], cameras: [1], environment: { NODE_ID: 'n1' } });
    board = `${stack.workers.get('console')?.httpUrl ?? ''}/queues/api/queues`;
  }, 180_000);
  afterAll(() => stack.stop());

  const failed = (): unknown[] => stack.heard('seguranca.record.clip.failed');
  const jobs = async (): Promise<BoardJob[]> => {
    const answer = (await (
      await fetch(`${board}?activeQueue=clips-n1&status=failed&page=1&jobsPerPage=10`)
    ).json()) as { queues: { jobs: BoardJob[] }[] };
    return answer.queues[0]?.jobs ?? [];
  };

  it('tells what a job is, how far it got, and why it failed, in words; and tries it again when told to', async () => {
    const event = { camera_id: 'cam_1', timestamp: Date.now() / 1000 - 60, event_id: 'e-1', event_type: 'person' };
    stack.detector.publish('seguranca.event.person', JSON.stringify(event));
    await until(() => failed().length === 1, { what: 'clip.failed', deadlineMs: 30_000 });
    expect(clipFailed.parse(failed()[0])).toMatchObject({ event_id: 'e-1', camera_id: 'cam_1', code: 'no_footage' });

    const [job] = await until(async () => (await jobs()).length > 0 && jobs(), {
      what: 'the failed job on the board',
      deadlineMs: 10_000,
    });
    expect(job).toMatchObject({
      name: 'cam_1 person',
      progress: 30,
      failedReason: 'No clip: camera cam_1 has no footage of the wanted time (unknown).',
    });
    const logs = (await (await fetch(`${board}/clips-n1/${job?.id ?? ''}/logs`)).json()) as string[];
    expect(logs.join('\n')).toContain('not all of the footage came, and no more can come');

    const retry = await fetch(`${board}/clips-n1/${job?.id ?? ''}/retry`, { method: 'PUT' });
    expect(retry.status).toBeLessThan(300);
    await until(() => failed().length === 2, { what: 'the second clip.failed', deadlineMs: 30_000 });
  }, 90_000);
});
