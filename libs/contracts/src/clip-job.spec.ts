import { clipId, clipIdParts, clipKey } from './clip-id';
import { clipJob, clipRecord, LONGEST_CLIP_MS, queuedClip } from './clip-job';
import { readPayload } from './payload';

const AT = Date.UTC(2026, 10, 23, 12);
const job = {
  clipId: `event_cam_1_${AT / 1000}.000`,
  identity: 'id:cam_1:e-1',
  eventId: 'e-1',
  eventType: 'person',
  cameraId: 'cam_1',
  timestampMs: AT,
  startMs: AT - 10_000,
  endMs: AT + 30_000,
};
const byHand = { ...job, clipId: `clip_cam_1_${AT / 1000}.000_${AT / 1000 + 30}.000`, startMs: AT };
const sentence = (schema: Parameters<typeof readPayload>[0], value: unknown): string => {
  try {
    readPayload(schema, value);
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a job out of Redis', () => {
  it.each([
    ['of an event', job],
    ['of a request', byHand],
    ['of a clip whose name was taken', { ...job, clipId: `${job.clipId}_0a1b2c` }],
    [
      'of a detector whose clock is ahead',
      { ...job, timestampMs: AT - 60_000, startMs: AT - 70_000, clampedByMs: 60_000 },
    ],
    ['of a detector whose clock is ahead by less than is worth a word', { ...job, timestampMs: AT - 999 }],
    [
      'of a camera whose id looks like an instant',
      { ...job, cameraId: '1_1795435200', clipId: `event_1_1795435200_${AT / 1000}.000` },
    ],
    ['of the version before, which carried what was sent', { ...job, source: { camera_id: 'cam_1', box: [1, 2] } }],
  ])('is taken: %s', (_, value) => {
    expect(sentence(queuedClip, value)).toBe('taken');
  });

  it.each<[string, unknown, string | RegExp]>([
    ['nothing', undefined, /payload: Invalid input/],
    ['a text', 'clip', /payload: Invalid input/],
    [
      'a path for an id',
      { ...job, clipId: 'x/../../../..' },
      'clipId: wanted a clip id such as event_cam_1_1732723200.123 or clip_cam_1_1732723200.000_1732723230.000, ' +
        'got "x/../../../.."',
    ],
    ['a path behind an id', { ...job, clipId: `${job.clipId}/../../x` }, /^clipId: wanted a clip id/],
    ['a path for a camera', { ...job, cameraId: '../../x' }, /^cameraId: wanted a camera id/],
    ['of another camera', { ...job, cameraId: 'cam_2' }, 'cameraId: wanted cam_1, as clipId says, got cam_2'],
    [
      'of another instant',
      { ...job, timestampMs: AT + 1 },
      `timestampMs: wanted ${AT}, as clipId and clampedByMs say, got ${AT + 1}`,
    ],
    ['of an instant far before its name', { ...job, timestampMs: AT - 3_600_001 }, /^timestampMs: wanted/],
    ['clamped by something else', { ...job, timestampMs: AT - 60_000, clampedByMs: 50_000 }, /^timestampMs: wanted/],
    [
      'an end before its start',
      { ...job, endMs: job.startMs },
      `endMs: wanted an end after the start (${job.startMs}), got ${job.startMs}`,
    ],
    [
      'of all that was ever recorded',
      { ...job, endMs: job.startMs + LONGEST_CLIP_MS + 1 },
      `endMs: wanted at most ${LONGEST_CLIP_MS} ms of footage, got ${LONGEST_CLIP_MS + 1}`,
    ],
    ['of no instant', { ...job, startMs: '2026' }, 'startMs: wanted whole ms since the epoch, got "2026"'],
    [
      'of the year 33658',
      { ...job, startMs: 1e15 },
      'startMs: wanted whole ms since the epoch between 2001 and 2100, got 1000000000000000',
    ],
    ['of half a millisecond', { ...job, startMs: AT - 0.5 }, /^startMs: wanted whole ms/],
    [
      'a request whose name says another range',
      { ...byHand, endMs: AT + 31_000 },
      `startMs: wanted ${AT} to ${AT + 30_000}, as clipId says, got ${AT} to ${AT + 31_000}`,
    ],
    [
      'a name of an event with two instants',
      { ...job, clipId: byHand.clipId.replace('clip', 'event') },
      /^clipId: wanted a clip id/,
    ],
    ['without identity', { ...job, identity: '' }, /^identity: /],
  ])('is refused with a sentence: %s', (_, value, message) => {
    expect(sentence(queuedClip, value)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('is told from a record by what was sent, which lies there', () => {
    expect(sentence(clipJob, job)).toMatch(/^source: /);
    expect(sentence(clipJob, { ...job, source: {} })).toBe('taken');
  });
});

describe('a record of a clip', () => {
  const key = `cam_1/2026-11-23/${job.clipId}.mp4`;
  const ready = {
    ...{
      clip_id: job.clipId,
      event_id: 'e-1',
      camera_id: 'cam_1',
      event_type: 'person',
      url: '',
      thumbnail_url: '',
      timestamp: AT / 1000,
      start: AT / 1000 - 10,
      end: AT / 1000 + 30,
    },
    ...{
      duration: 40,
      requested_start: AT / 1000 - 10,
      requested_end: AT / 1000 + 30,
      partial: false,
      gaps: [],
      bucket: 'clips',
      key,
    },
    ...{ size_bytes: 1, sha256: '0'.repeat(64), codec: 'h264', width: 640, height: 360, source: {} },
  };
  const member = { clipId: `event_cam_1_${AT / 1000 + 5}.000`, identity: 'm', startMs: AT - 5000, endMs: AT + 35_000 };
  const record = { state: 'announced', job: { ...job, source: {} }, members: [member], ready };

  it('is taken as the version before wrote it', () => {
    expect(sentence(clipRecord, record)).toBe('taken');
    expect(sentence(clipRecord, { state: 'claimed', job: record.job })).toBe('taken');
    expect(sentence(clipRecord, { state: 'merged', job: record.job, mergedInto: member.clipId })).toBe('taken');
    expect(
      sentence(clipRecord, { state: 'failed', job: record.job, error: { code: 'no_footage', message: 'none' } }),
    ).toBe('taken');
  });

  it.each<[string, unknown, RegExp]>([
    [
      "another clip's key",
      { ...record, ready: { ...ready, key: 'cam_2/2026-11-23/event_cam_2_1.000.mp4' } },
      /ready.key: wanted cam_1/,
    ],
    [
      'a path for a key',
      { ...record, ready: { ...ready, key: '../../x.mp4' } },
      /ready.key: wanted a key of plain names/,
    ],
    ['a path for a bucket', { ...record, ready: { ...ready, bucket: '../clips' } }, /ready.bucket: wanted a bucket/],
    ["another clip's message", { ...record, ready: { ...ready, clip_id: member.clipId } }, /ready.clip_id: wanted/],
    [
      'events of another camera',
      { ...record, members: [{ ...member, clipId: member.clipId.replace('cam_1', 'cam_2') }] },
      /members: wanted clips of camera cam_1 only/,
    ],
    [
      'a clip of another camera that it is part of',
      { state: 'merged', job: record.job, mergedInto: 'event_cam_2_1795435200.000' },
      /members: wanted clips of camera cam_1 only/,
    ],
    ['a part of nothing', { state: 'merged', job: record.job }, /mergedInto: wanted the clip/],
    [
      'windows that are days apart',
      { ...record, members: [{ ...member, startMs: AT - 2 * LONGEST_CLIP_MS, endMs: AT - 2 * LONGEST_CLIP_MS + 1 }] },
      /endMs: wanted at most/,
    ],
  ])('is refused with %s', (_, value, message) => {
    expect(sentence(clipRecord, value)).toMatch(message);
  });
});

describe('a clip id', () => {
  it('says camera, instants and folder', () => {
    expect(clipIdParts(clipId.parse(byHand.clipId))).toEqual({
      isEvent: false,
      cameraId: 'cam_1',
      startMs: AT,
      endMs: AT + 30_000,
    });
    expect(clipIdParts(clipId.parse(`event_a_1_2_${AT / 1000 - 1}.999_0a1b2c`))).toEqual({
      isEvent: true,
      cameraId: 'a_1_2',
      startMs: AT - 1,
    });
    expect(clipKey({ clipId: clipId.parse(byHand.clipId) }, 'jpg')).toBe(`cam_1/2026-11-23/${byHand.clipId}.jpg`);
  });
});
