import { bucketName } from './object-name';

describe('the name of a bucket', () => {
  it.each(['clips', 'my-clips', 'video.example.org', 'a1b', '1-2-3', 'x'.repeat(63), '1.2.3', '10.0.0.1a'])(
    'may be %s',
    (name) => {
      expect(bucketName.parse(name)).toBe(name);
    },
  );

  it.each([
    ...[
      '',
      'ab',
      'x'.repeat(64),
      'Clips',
      'my_clips',
      '-clips',
      'clips-',
      '.clips',
      'clips.',
      'my..clips',
      'my.-clips',
      'my-.clips',
    ],
    ...[
      '10.0.0.1',
      'xn--clips',
      'sthree-clips',
      'amzn-s3-demo-clips',
      'clips-s3alias',
      'clips--ol-s3',
      'clips.mrap',
      'clips--x-s3',
      'clips--table-s3',
    ],
    ...['clips/a', '../clips', 'clips\n', 'clíps', 'a'.repeat(100_000)],
  ])('may not be %p', (name) => {
    expect(() => bucketName.parse(name)).toThrow(/wanted a bucket by S3's rules/);
  });
});
