/**
 * Reads parameter sets of H.264 (7.3.2.1, 7.3.2.2) and H.265 (7.3.2.1 to 7.3.2.3): which set it is, and the facts of an
 * SPS that a sample entry repeats. What it does NOT do: judge them. A set that ends too early counts as not sent: it is
 * undefined.
 */
export interface ParameterSet {
  kind: 'vps' | 'sps' | 'pps';
  id: number;
  /** The NAL unit with its header, without a start code or length. */
  bytes: Buffer;
  /** Only for an SPS. */
  sps?: SpsFacts;
}

export interface SpsFacts {
  width: number;
  height: number;
  chromaFormat: number;
  bitDepthLuma: number;
  bitDepthChroma: number;
  /** H.265: the general part of profile_tier_level (12 bytes), and what lies before it. */
  profileTierLevel?: Buffer;
  temporalLayers?: number;
  temporalIdNested?: boolean;
}

export type NalCodec = 'h264' | 'hevc';

export function nalType(codec: NalCodec, firstByte: number): number {
  return codec === 'hevc' ? (firstByte >> 1) & 63 : firstByte & 31;
}

/** Whether the NAL unit is part of a picture. No parameter set for this picture follows it. */
export function isSlice(codec: NalCodec, type: number): boolean {
  return codec === 'hevc' ? type < 32 : type >= 1 && type <= 5;
}

const KINDS: Record<NalCodec, Readonly<Record<number, ParameterSet['kind']>>> = {
  h264: { 7: 'sps', 8: 'pps' },
  hevc: { 32: 'vps', 33: 'sps', 34: 'pps' },
};

export function isParameterSet(codec: NalCodec, type: number): boolean {
  return KINDS[codec][type] !== undefined;
}

/** The largest ids that the standards know (H.264, 7.4.2.1.1 and 7.4.2.2; H.265, 7.4.3.1 to 7.4.3.3). */
const LARGEST_ID: Record<NalCodec, Record<ParameterSet['kind'], number>> = {
  h264: { vps: 0, sps: 31, pps: 255 },
  hevc: { vps: 15, sps: 15, pps: 63 },
};

/** Reads a NAL unit. Undefined where it is no parameter set, or a damaged one: so there are only some hundred ids. */
export function readParameterSet(codec: NalCodec, bytes: Buffer): ParameterSet | undefined {
  const kind = KINDS[codec][nalType(codec, bytes[0] ?? 0)];
  if (kind === undefined) return undefined;
  const bits = new BitReader(withoutEmulation(bytes.subarray(codec === 'hevc' ? 2 : 1)));
  if (kind !== 'sps') {
    const id = kind === 'vps' ? bits.read(4) : bits.exponential();
    return bits.overrun || id > LARGEST_ID[codec][kind] ? undefined : { kind, id, bytes };
  }
  const { id, ...sps } = codec === 'hevc' ? hevcSps(bits) : h264Sps(bits);
  const isWrong = bits.overrun || id > LARGEST_ID[codec].sps || sps.width <= 0 || sps.height <= 0;
  return isWrong ? undefined : { kind, id, bytes, sps };
}

/** The profiles whose SPS tells its chroma format (H.264, 7.3.2.1.1). */
const HIGH_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

export function isHighProfile(profile: number): boolean {
  return HIGH_PROFILES.has(profile);
}

function h264Sps(bits: BitReader): SpsFacts & { id: number } {
  const profile = bits.read(8);
  bits.read(16); // constraints and level
  const id = bits.exponential();
  const high = isHighProfile(profile);
  const chromaFormat = high ? bits.exponential() : 1;
  const separatePlanes = chromaFormat === 3 && bits.read(1) === 1;
  const bitDepthLuma = high ? 8 + bits.exponential() : 8;
  const bitDepthChroma = high ? 8 + bits.exponential() : 8;
  if (high) skipScalingMatrix(bits, chromaFormat);
  bits.exponential(); // log2_max_frame_num_minus4
  skipPictureOrder(bits);
  bits.exponential(); // max_num_ref_frames
  bits.read(1);
  const widthBlocks = bits.exponential() + 1;
  const heightUnits = bits.exponential() + 1;
  const framesOnly = bits.read(1);
  if (framesOnly === 0) bits.read(1);
  bits.read(1); // direct_8x8_inference_flag
  const crop = readCrop(bits);
  const chroma = separatePlanes ? 0 : chromaFormat;
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (2 - framesOnly);
  const width = widthBlocks * 16 - unitX * crop.x;
  const height = heightUnits * 16 * (2 - framesOnly) - unitY * crop.y;
  return { id, width, height, chromaFormat, bitDepthLuma, bitDepthChroma };
}

function skipScalingMatrix(bits: BitReader, chromaFormat: number): void {
  bits.read(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.read(1) === 0) return;
  for (let list = 0; list < (chromaFormat === 3 ? 12 : 8); list++) {
    if (bits.read(1) === 0) continue;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64) && next !== 0; i++) next = (next + bits.signedExponential() + 256) % 256;
  }
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.exponential();
  if (type === 0) bits.exponential();
  if (type !== 1) return;
  bits.read(1);
  bits.signedExponential();
  bits.signedExponential();
  for (let left = Math.min(255, bits.exponential()); left > 0; left--) bits.signedExponential();
}

function hevcSps(bits: BitReader): SpsFacts & { id: number } {
  bits.read(4); // sps_video_parameter_set_id
  const subLayers = bits.read(3);
  const temporalIdNested = bits.read(1) === 1;
  const profileTierLevel = Buffer.from(Array.from({ length: 12 }, () => bits.read(8)));
  skipSubLayers(bits, subLayers);
  const id = bits.exponential();
  const chromaFormat = bits.exponential();
  if (chromaFormat === 3) bits.read(1);
  const codedWidth = bits.exponential();
  const codedHeight = bits.exponential();
  const crop = readCrop(bits);
  const width = codedWidth - crop.x * (chromaFormat === 1 || chromaFormat === 2 ? 2 : 1);
  const height = codedHeight - crop.y * (chromaFormat === 1 ? 2 : 1);
  const bitDepthLuma = 8 + bits.exponential();
  const bitDepthChroma = 8 + bits.exponential();
  return {
    id,
    width,
    height,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    profileTierLevel,
    temporalLayers: subLayers + 1,
    temporalIdNested,
  };
}

function skipSubLayers(bits: BitReader, count: number): void {
  if (count === 0) return;
  const present = Array.from({ length: 8 }, () => ({ profile: bits.read(1), level: bits.read(1) })).slice(0, count);
  for (const { profile, level } of present) bits.skip(profile * 88 + level * 8);
}

/** Left + right and top + bottom, in units of the chroma format. */
function readCrop(bits: BitReader): { x: number; y: number } {
  if (bits.read(1) === 0) return { x: 0, y: 0 };
  return { x: bits.exponential() + bits.exponential(), y: bits.exponential() + bits.exponential() };
}

/** Removes the 3 of every 0 0 3 (H.264 and H.265, 7.4.1). */
function withoutEmulation(bytes: Buffer): Buffer {
  const kept: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) zeros = 0;
    else {
      kept.push(byte);
      zeros = byte === 0 ? zeros + 1 : 0;
    }
  }
  return Buffer.from(kept);
}

class BitReader {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  /** More was read than exists, so nothing that was read since counts. */
  get overrun(): boolean {
    return this.at > this.bytes.length * 8;
  }

  skip(bits: number): void {
    this.at += bits;
  }

  read(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++, this.at++)
      value = value * 2 + (((this.bytes[this.at >> 3] ?? 0) >> (7 - (this.at & 7))) & 1);
    return value;
  }

  /** ue(v), 9.1 */
  exponential(): number {
    let zeros = 0;
    while (this.read(1) === 0) if (++zeros > 31 || this.overrun) return 0;
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** se(v), 9.1.1 */
  signedExponential(): number {
    const value = this.exponential();
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2;
  }
}
