import { ContractError } from '@vr/contracts';
import type { Notice, Refused } from '@vr/messaging';
import { RefusedClips } from './refused-clips';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

function noticeOf(
  pattern: string,
  payload: unknown,
  error = new ContractError('invalid_payload', 'timestamp: wanted an instant', { field: 'timestamp' }),
): Notice | undefined {
  const answers = new Map<string, (refused: Refused) => Notice | undefined>();
  new RefusedClips(
    { all: () => [{ id: 'cam_1' } as never] },
    { answer: (subject, notice) => void answers.set(subject, notice) },
  );
  const body = new TextEncoder().encode(JSON.stringify(payload));
  return answers.get(pattern)?.({
    subject: pattern.replace('*', 'person'),
    payload,
    body,
    arrival: { atMs: NOW, mark: '1' },
    error,
  });
}

describe('a refused event', () => {
  it('of a camera of ours is answered with clip.failed: its id, the code, the field and what was wanted', () => {
    expect(noticeOf('seguranca.event.*', { camera_id: 'cam_1', timestamp: 'yesterday', event_id: 7 })).toEqual({
      cameraId: 'cam_1',
      subject: 'seguranca.record.clip.failed',
      payload: {
        event_id: '7',
        camera_id: 'cam_1',
        code: 'invalid_payload',
        field: 'timestamp',
        message: 'timestamp: wanted an instant',
        timestamp: NOW / 1000,
      },
    });
  });

  it('that can be read and have no clip is answered under the id that its clip would have had', () => {
    const tooLong = new ContractError('too_long', 'wanted a clip of at most 300 s');
    expect(
      noticeOf('seguranca.event.*', { camera_id: 'cam_1', timestamp: NOW / 1000 - 5 }, tooLong)?.payload,
    ).toMatchObject({ event_id: `person_cam_1_${NOW - 5000}`, code: 'too_long', timestamp: NOW / 1000 - 5 });
  });

  it("of another machine's camera, or of none, gets no answer from here", () => {
    expect(noticeOf('seguranca.event.*', { camera_id: 'cam_9' })).toBeUndefined();
    expect(noticeOf('seguranca.event.*', { timestamp: 1 })).toBeUndefined();
  });
});

describe.each(['seguranca.record.clip', 'seguranca.recording.export'])('a refused request of %s', (subject) => {
  it('is answered under its request_id', () => {
    expect(noticeOf(subject, { camera_id: 'cam_1', request_id: 'r-1' })?.payload).toMatchObject({
      event_id: 'r-1',
      camera_id: 'cam_1',
    });
  });
});
