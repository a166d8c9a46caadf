import { candidates, plays } from './stream-choice';

describe('which stream a page gets', () => {
  it.each([
    ['auto', undefined, true, ['sub', 'main']],
    ['auto', undefined, false, ['main']],
    ['main', undefined, true, ['main']],
    ['main', ['avc1'], true, ['main', 'sub']],
    ['main', ['avc1'], false, ['main']],
    ['sub', undefined, true, ['sub']],
    ['sub', undefined, false, []],
    ['sub', ['avc1'], true, ['sub', 'main']],
    ['still', ['avc1'], true, []],
  ] as const)('%s with %j, sub-stream %s: %j', (stream, codecs, hasSub, wanted) => {
    expect(candidates({ stream, codecs: codecs && [...codecs] }, hasSub)).toEqual(wanted);
  });

  it.each([
    [undefined, 'hvc1.1.6.L93.B0', true],
    [['avc1'], 'avc1.4d401f,mp4a.40.2', true],
    [['avc1'], 'hvc1.1.6.L93.B0,mp4a.40.2', false],
    [['avc1.4d401f'], 'avc1.4d401f', true],
    [['avc1.4d401f'], 'avc1.640028', false],
    [['mp4a'], 'avc1.4d401f,mp4a.40.2', false],
    [['av'], 'avc1.4d401f', false],
    [[], 'avc1.4d401f', false],
  ])('%j plays %s: %s', (codecs, file, wanted) => expect(plays(codecs, file)).toBe(wanted));
});
