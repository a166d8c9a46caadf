import type { Encoder } from '@vr/contracts';
import type { Encoding } from './encoder-arguments';
import { EncoderChoice } from './encoder-choice';
import type { EncoderProbe } from './encoder-probe';

const SETTINGS = { bitsPerSecond: 2_000_000, gopPictures: 60, preset: 'p4' } as const;

function choice(wanted: Encoder | 'auto', working: Encoder[]) {
  const clock = { now: 0, nowMs: () => 0, monotonicMs: () => clock.now };
  const asked: Encoder[] = [];
  const probe: Pick<EncoderProbe, 'refusal'> = {
    refusal: async ({ encoder }: Encoding) => {
      asked.push(encoder);
      return working.includes(encoder) ? undefined : `${encoder}: none`;
    },
  };
  return { clock, asked, choice: new EncoderChoice(wanted, SETTINGS, probe, clock) };
}

describe('EncoderChoice', () => {
  it.each([
    ['auto', ['h264_vaapi', 'libx264'], 'h264_vaapi', 3],
    ['auto', ['h264_nvenc', 'libx264'], 'h264_nvenc', 0],
    ['auto', [], 'copy', 5],
    ['h264_vaapi', ['h264_nvenc', 'libx264'], 'libx264', 1],
    ['h264_v4l2m2m', ['h264_v4l2m2m'], 'h264_v4l2m2m', 0],
    ['libx264', ['h264_nvenc'], 'copy', 1],
  ] as const)('%s, where %j work: %s, %d passed over', async (wanted, working, encoder, passedOver) => {
    const chosen = await choice(wanted, [...working]).choice.choose();
    expect(chosen.encoder).toBe(encoder);
    expect(chosen.passedOver).toHaveLength(passedOver);
  });

  it('asks of no encoder behind the one that works', async () => {
    const auto = choice('auto', ['h264_nvmpi', 'libx264']);
    await auto.choice.choose();
    expect(auto.asked).toEqual(['h264_nvenc', 'h264_nvmpi']);
  });

  it('goes down the order as encoders fail, at last to copy, and up again after ten minutes', async () => {
    const { choice: auto, clock } = choice('auto', ['h264_nvenc', 'libx264']);
    const next = async () => (await auto.choose()).encoder;
    expect(await next()).toBe('h264_nvenc');
    auto.failed('h264_nvenc', 'h264_nvenc: no sessions');
    const passedOver = ['h264_nvenc: no sessions', 'h264_nvmpi: none', 'h264_v4l2m2m: none', 'h264_vaapi: none'];
    expect(await auto.choose()).toEqual({ encoder: 'libx264', passedOver });
    clock.now = 300_000;
    auto.failed('libx264', 'libx264: broke');
    expect(await next()).toBe('copy');
    clock.now = 599_999;
    expect(await next()).toBe('copy');
    clock.now = 600_000;
    expect(await next()).toBe('h264_nvenc');
  });
});
