import { knownSecrets } from '@vr/base';
import { hostileSecrets } from '@vr/testing';
import { encodeArguments } from './encode-arguments';
import { mjpegScale } from './jpeg';
import { jpegSize, readJpeg } from './jpeg-size';
import { jpegStreamArguments } from './jpeg-stream';
import { MediaError } from './media-error';
import { readFacts } from './probe';
import { StderrTail } from './stderr-tail';

describe('encodeArguments', () => {
  const source = { path: 'a.mp4', offsetMs: 0, width: 1920, height: 1080, framesPerSecond: 25 };
  const target = { path: 'b.mp4', metadata: { title: 'a = b' }, size: { width: 1920, height: 1080 } };
  const graph = (args: string[]): string => args[args.indexOf('-filter_complex') + 1] ?? '';

  it('keeps the size of the picture where nothing limits the file, and asks for constant quality', () => {
    const args = encodeArguments([source], target, '5.1.9');
    expect(args).toEqual(expect.arrayContaining(['-crf', 'title=a = b', '+faststart']));
    expect(graph(args)).toContain('scale=1920:1080:');
  });

  it('makes odd sizes even, as x264 wants them', () => {
    expect(graph(encodeArguments([source], { ...target, size: { width: 641, height: 359 } }, '5.1.9'))).toContain(
      'scale=642:360:',
    );
  });

  it('asks for sound only of what has any', () => {
    expect(graph(encodeArguments([source, { ...source, offsetMs: 4000, audioCodec: 'aac' }], target, '5.1.9'))).toMatch(
      /interleave=nb_inputs=2.*\[1:a:0\]/,
    );
    expect(encodeArguments([source, source], target, '5.1.9')).not.toContain('[sound]');
  });

  it.each([
    [4_000_000, 'scale=1920:1080:'],
    [1_000_000, 'scale=1280:720:'],
    [300_000, 'scale=640:360:'],
    [60_000, 'scale=426:240:'],
  ])('gives %d bits a second as many lines as they are enough for: %s', (bitsPerSecond, scale) => {
    const args = encodeArguments([source], { ...target, bitsPerSecond }, '5.1.9');
    expect(args).toContain(String(bitsPerSecond));
    expect(graph(args)).toContain(scale);
  });
});

describe('the times that pictures leave ffmpeg with', () => {
  it.each([
    ['4.4.2-0ubuntu0.22.04.1', '-vsync'],
    ['n5.0.1', '-vsync'],
    ['5.1.9-0+deb12u1', '-fps_mode'],
    ['n9.0.2-17-g2a571b6068-20260930', '-fps_mode'],
    ['N-109468-gd39b34123d', '-fps_mode'],
  ])('%s calls it %s, for clips and for pictures', (version, option) => {
    const source = { path: 'a.mp4', offsetMs: 0, width: 640, height: 360, framesPerSecond: 25 };
    const clip = encodeArguments([source], { path: 'b.mp4', metadata: {}, size: source }, version);
    for (const args of [clip, jpegStreamArguments({ mediaSeconds: 1 }, version)])
      expect(args[args.indexOf(option) + 1]).toBe('passthrough');
  });
});

describe('jpegStreamArguments', () => {
  it('never widens a small picture and writes 95 where nothing is asked', () => {
    const args = jpegStreamArguments({ mediaSeconds: 1, widthPx: 640 }, '5.1.9');
    expect(args.join(' ')).toContain("w='min(640,iw)':h=-2");
    expect(args[args.indexOf('-q:v') + 1]).toBe('1');
  });

  it.each([
    [100, 1],
    [95, 1],
    [90, 3],
    [75, 8],
    [10, 31],
  ])('quality %d is scale %d', (quality, scale) => {
    expect(mjpegScale(quality)).toBe(scale);
  });
});

describe('jpegSize', () => {
  const segment = (marker: number, ...body: number[]) => [0xff, marker, 0, body.length + 2, ...body];
  const sof = segment(0xc0, 8, 0x04, 0x38, 0x07, 0x80, 1, 1, 0x11, 0);
  const jpeg = (...parts: number[][]) => Buffer.from([0xff, 0xd8, ...parts.flat()]);
  const scan = [...segment(0xda, 1, 1, 0, 0, 63, 0), 1, 2, 3];
  const tables = segment(0xdb, 0, ...Array<number>(64).fill(1));
  const whole = jpeg(segment(0xe0, 1, 2), tables, segment(0xc4, 0), sof, scan, [0xff, 0xd9]);

  it('reads the size of a whole one', () => expect(jpegSize(whole)).toEqual({ width: 1920, height: 1080 }));
  it('takes fill bytes before a marker and padding after the end', () =>
    expect(jpegSize(jpeg([0xff], tables, sof, scan, [0xff, 0xd9, 0, 0]))).toEqual({ width: 1920, height: 1080 }));
  it('follows escaped bytes, restarts and further scans, and says where the picture ends', () => {
    const progressive = jpeg(
      tables,
      sof,
      scan,
      [0xff, 0, 0xff, 0xd0, 9, 0xff, 0xff],
      segment(0xc4, 0).slice(1),
      scan,
      [0xff, 0xd9],
    );
    expect(readJpeg(Buffer.concat([progressive, Buffer.from('<script>')]))).toEqual({
      width: 1920,
      height: 1080,
      sizeBytes: progressive.length,
    });
  });
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a web page', Buffer.from('<html>not a picture</html>')],
    ['one without its end', whole.subarray(0, -2)],
    ['one cut in its header', whole.subarray(0, 8)],
    ['one without a frame header', jpeg(tables, scan, [0xff, 0xd9])],
    ['one without quantisation tables', jpeg(sof, scan, [0xff, 0xd9])],
    ['one without a scan', jpeg(tables, sof, [0xff, 0xd9])],
    ['one with an empty scan', jpeg(tables, sof, scan.slice(0, -3), [0xff, 0xd9])],
    ['one with two frames', jpeg(tables, sof, sof, scan, [0xff, 0xd9])],
    [
      'one that ends in a header that pretends to be the end',
      jpeg(tables, sof, [0xff, 0xda, 0, 8, 0xff, 0xd9, 0, 0, 63, 0, 1, 2]),
    ],
    ['markers that lead nowhere', jpeg([0xff, 0xe0, 0, 0, 0, 0])],
  ])('refuses %s', (_, bytes) => expect(jpegSize(bytes)).toBeUndefined());
});

describe('readFacts', () => {
  it('reads video, sound and times', () => {
    const json = JSON.stringify({
      streams: [
        { codec_type: 'audio', codec_name: 'aac' },
        { codec_type: 'video', codec_name: 'hevc', width: 640, height: 360, avg_frame_rate: '30000/1001' },
      ],
      format: { duration: '12.345000', start_time: '0.040000' },
    });
    expect(readFacts('x', json)).toEqual({
      codec: 'hevc',
      width: 640,
      height: 360,
      durationMs: 12_345,
      startMs: 40,
      audioCodec: 'aac',
      framesPerSecond: 30_000 / 1001,
    });
  });

  it('refuses a file without video', () => {
    expect(() => readFacts('x.mp4', '{"streams":[],"format":{}}')).toThrow(MediaError);
  });
});

describe('StderrTail', () => {
  it('shows none of 1,000 hostile secrets, wherever the cut goes through one', () => {
    const secrets = hostileSecrets({ count: 1000, seed: 45 });
    for (const { value } of secrets) knownSecrets.add(value);
    for (const [i, { value, pieces }] of secrets.entries()) {
      const tail = new StderrTail();
      tail.add(
        Buffer.from(
          `${value}${'.'.repeat(4096 - (i % 40))}${encodeURIComponent(value)} method DESCRIBE failed: 401 ${value}`,
        ),
      );
      const text = tail.text();
      expect(text).toContain('method DESCRIBE failed: 401 ***');
      for (const piece of [value, ...pieces]) expect(text).not.toContain(piece);
    }
  });

  it('keeps the last 4 KB, in whole lines, with passwords masked even where the cut goes through a URL', () => {
    const tail = new StderrTail();
    tail.add(Buffer.from(`rtsp://john.doe:p@ss:w/rd@10.0.0.5/x: 401 Unauthorized\n`));
    expect(tail.text()).toBe('rtsp://john.doe:***@10.0.0.5/x: 401 Unauthorized');
    // Now the kept 4096 bytes begin in the middle of the password.
    tail.add(Buffer.from('y'.repeat(4096 - 40 - 6) + '\nlast\n'));
    expect(tail.text()).not.toContain('w/rd');
    expect(tail.text().endsWith('\nlast')).toBe(true);
  });
});
