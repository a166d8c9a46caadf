import { cameraConfig, streamsOf, type GapReason, type RecordedStream } from '@vr/contracts';
import { SourceChoice } from './source-choice';

function camera(entry: Record<string, unknown>): RecordedStream {
  const [stream] = streamsOf(cameraConfig.parse({ id: 'cam_1', url: 'rtsp://192.0.2.1/live', ...entry }));
  if (!stream) throw new Error('wanted a stream');
  return stream;
}

describe('SourceChoice', () => {
  let nowMs = 0;
  const choice = (SOURCE: 'ffmpeg' | 'native' | 'auto', ENCODER: 'copy' | 'libx264' = 'copy') =>
    new SourceChoice({ SOURCE, ENCODER }, { monotonicMs: () => nowMs });
  beforeEach(() => void (nowMs = 0));

  it.each([
    ['ffmpeg', {}, 'ffmpeg'],
    ['ffmpeg', { source: 'native' }, 'native'],
    ['native', {}, 'native'],
    ['native', { source: 'ffmpeg' }, 'ffmpeg'],
    ['native', { audio: 'on' }, 'ffmpeg'],
    ['auto', {}, 'native'],
    ['auto', { audio: 'on' }, 'ffmpeg'],
    ['auto', { encoder: 'libx264' }, 'ffmpeg'],
  ] as const)('with SOURCE=%s and the entry %j takes %s', (source, entry, taken) =>
    expect(choice(source).of(camera(entry))).toBe(taken),
  );

  it('takes ffmpeg for what ENCODER encodes', () => {
    expect(choice('auto', 'libx264').of(camera({}))).toBe('ffmpeg');
  });

  it('gives a camera to ffmpeg after three streams in a row that could not be followed, for an hour', () => {
    const chosen = choice('auto');
    const endings: GapReason[] = ['stream_invalid', 'stream_invalid', 'camera_disconnected', 'stream_invalid'];
    for (const reason of endings) expect(chosen.ended(camera({}), reason)).toBeUndefined();
    expect(chosen.ended(camera({}), 'stream_invalid')).toBeUndefined();
    expect(chosen.ended(camera({}), 'stream_invalid')).toMatch(/3 times in a row: ffmpeg reads the camera/);
    expect(chosen.of(camera({}))).toBe('ffmpeg');
    expect(chosen.of(camera({ url: 'rtsp://192.0.2.2/live' }))).toBe('native');
    nowMs = 3_600_000 - 1;
    expect(chosen.of(camera({}))).toBe('ffmpeg');
    nowMs++;
    expect(chosen.of(camera({}))).toBe('native');
  });

  it('gives a camera whose codec the native source does not know to ffmpeg at once', () => {
    const chosen = choice('auto');
    expect(chosen.ended(camera({}), 'unsupported_codec')).toMatch(/does not know its codec/);
    expect(chosen.of(camera({}))).toBe('ffmpeg');
    expect(chosen.ended(camera({}), 'unsupported_codec')).toBeUndefined();
  });

  it('changes nothing where the source is named', () => {
    const chosen = choice('native');
    for (let i = 0; i < 5; i++) expect(chosen.ended(camera({}), 'stream_invalid')).toBeUndefined();
    expect(chosen.of(camera({}))).toBe('native');
  });
});
