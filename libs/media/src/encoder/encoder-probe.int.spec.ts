import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Encoder } from '@vr/contracts';
import { EncoderProbe, readProbe } from './encoder-probe';

const { PATH } = process.env;
const encoding = (encoder: Encoder) => ({ encoder, bitsPerSecond: 1_000_000, gopPictures: 10, preset: 'p4' as const });

describe('EncoderProbe', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probe-'));
  });
  afterEach(async () => {
    process.env.PATH = PATH;
    await rm(folder, { recursive: true, force: true });
  });

  /** Makes an ffmpeg that answers questions and encodes as told. Each encoding adds a line to `encodings`. */
  async function ffmpegThat(encodes: string): Promise<void> {
    const about =
      'case "$*" in -version) echo "ffmpeg version 5.1"; exit;; *demuxer=rtsp) echo "-rtsp_transport"; exit;; esac';
    await writeFile(join(folder, 'ffmpeg'), `#!/bin/sh\n${about}\necho >> ${folder}/encodings\n${encodes}\n`);
    await chmod(join(folder, 'ffmpeg'), 0o755);
    await appendFile(join(folder, 'encodings'), '');
    process.env.PATH = `${folder}:${PATH ?? ''}`;
  }

  it('encodes a second of pictures with libx264, and has nothing against it', async () => {
    expect(await new EncoderProbe().refusal(encoding('libx264'))).toBeUndefined();
  });

  it('says what is missing for an encoder that ffmpeg lacks', async () => {
    expect(await new EncoderProbe().refusal(encoding('h264_nvmpi'))).toBe(
      'h264_nvmpi: this ffmpeg was built without it',
    );
  });

  it('gives an encoder that hangs its deadline', async () => {
    await ffmpegThat('exec sleep 60');
    expect(await new EncoderProbe(500).refusal(encoding('h264_nvenc'))).toBe(
      'h264_nvenc: it did not encode one second of pictures within 0.5 s',
    );
  });

  it('does not believe an exit code without pictures', async () => {
    await ffmpegThat('echo "#tb 0: 1/90000"; exit 0');
    expect(await new EncoderProbe().refusal(encoding('h264_nvmpi'))).toBe(
      'h264_nvmpi: only 0 of 25 pictures came out of it',
    );
  });

  it('survives an encoder that takes ffmpeg down with it', async () => {
    await ffmpegThat('kill -SEGV $$');
    expect(await new EncoderProbe().refusal(encoding('h264_nvmpi'))).toBe('h264_nvmpi: ffmpeg crashed in it (SIGSEGV)');
  });

  it('tries each encoder once, however many cameras ask at once', async () => {
    await ffmpegThat(`echo "Unknown encoder 'x'" >&2; exit 1`);
    const probe = new EncoderProbe();
    await Promise.all(Array.from({ length: 5 }, () => probe.refusal(encoding('h264_nvenc'))));
    await probe.refusal(encoding('h264_nvenc'));
    await probe.refusal(encoding('h264_vaapi'));
    expect(await readFile(join(folder, 'encodings'), 'utf8')).toBe('\n\n');
  });

  it('rejects, and keeps no answer, where there is no ffmpeg', async () => {
    process.env.PATH = folder;
    const probe = new EncoderProbe();
    await expect(probe.refusal(encoding('libx264'))).rejects.toMatchObject({ fault: 'missing' });
    process.env.PATH = PATH;
    expect(await probe.refusal(encoding('libx264'))).toBeUndefined();
  });

  it('refuses a driver that prints where the footage goes', () => {
    const pictures = Array.from({ length: 25 }, (_, i) => `0, ${i * 3600}, ${i * 3600}, 3600, 500, 0x1`).join('\n');
    expect(readProbe('h264_nvmpi', `#tb 0: 1/90000\n${pictures}\n`)).toBeUndefined();
    expect(readProbe('h264_nvmpi', `Opening in BLOCKING MODE\n${pictures}\n`)).toContain("prints into ffmpeg's output");
  });
});
