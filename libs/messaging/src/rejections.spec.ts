import { ContractError } from '@vr/contracts';
import { Registry } from '@vr/service';
import { Rejections } from './rejections';

const body = new TextEncoder().encode(`{"camera_id":"${'x'.repeat(500)}"}`);
const fault = new ContractError('invalid_payload', 'wanted a camera id');

function watched() {
  const lines: object[] = [];
  const logger = { warn: (line: object) => void lines.push(line), error: (line: object) => void lines.push(line) };
  const time = { ms: 0 };
  const registry = new Registry();
  const clock = { nowMs: () => time.ms, monotonicMs: () => time.ms };
  return { lines, time, registry, rejections: new Rejections(registry, clock, logger as never) };
}

describe('rejected messages', () => {
  it('are all counted, and logged once a minute per kind with the reason and the first 200 characters', async () => {
    const { lines, time, registry, rejections } = watched();
    for (let i = 0; i < 5; i++) rejections.rejected('a.*', `a.${i}`, body, fault);
    expect(lines).toEqual([
      {
        subject: 'a.0',
        code: 'invalid_payload',
        reason: 'wanted a camera id',
        body: `{"camera_id":"${'x'.repeat(186)}`,
        alsoRejected: 0,
      },
    ]);
    time.ms = 60_000;
    rejections.rejected('a.*', 'a.9', body, fault);
    expect(lines[1]).toMatchObject({ subject: 'a.9', alsoRejected: 4 });
    expect(await registry.metrics()).toContain('messages_rejected_total{subject="a.*",code="invalid_payload"} 6');
  });

  it('of another kind are logged for themselves', () => {
    const { lines, rejections } = watched();
    rejections.rejected('a.*', 'a.1', body, fault);
    rejections.rejected('a.*', 'a.1', body, new ContractError('unknown_camera', 'no such camera'));
    rejections.rejected('b', 'b', body, fault);
    expect(lines).toHaveLength(3);
  });

  it('that will be tried again are not counted as rejected', async () => {
    const { registry, rejections } = watched();
    rejections.failed('a.*', 'a.1', body, new Error('redis is away'), 'retried');
    expect(await registry.metrics()).not.toContain('messages_rejected_total{');
    rejections.failed('a.*', 'a.1', body, new Error('defect'), 'dropped');
    expect(await registry.metrics()).toContain('messages_rejected_total{subject="a.*",code="internal"} 1');
  });
});
