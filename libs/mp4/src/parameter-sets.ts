/**
 * Finds parameter sets that a camera changes while it sends: another resolution, another encoder setting. ffmpeg keeps
 * the init segment of its start, which then does not fit the pictures. The new sets lie in front of the first key frame
 * that needs them. A fragment that does not begin with a key frame costs nothing. Any other costs a look at the few NAL
 * units before the first slice. What it does NOT do: find sets anywhere but with a key frame at the beginning of a
 * fragment; ffmpeg cuts fragments there.
 */
import { BoxError, boxesIn, findBox, findPath, readBoxHeader, versionAndFlags, type Box } from './boxes';
import { box } from './box-writer';
import type { TrackFragment } from './fragment-header';
import { parseInitSegment, type InitSegment } from './init-segment';
import {
  isHighProfile,
  isParameterSet,
  isSlice,
  nalType,
  readParameterSet,
  type NalCodec,
  type ParameterSet,
  type SpsFacts,
} from './nal-sets';
import { VISUAL_ENTRY_BYTES } from './sample-entry';

/**
 * An access unit delimiter, a handful of sets at most, and SEI lie before a slice. More units than this are no stream
 * of ours.
 */
const MOST_UNITS = 64;
const ORDER = ['vps', 'sps', 'pps'] as const;
const HEVC_ARRAY_TYPES = { vps: 32, sps: 33, pps: 34 } as const;

/**
 * The init segment that the fragment's pictures need, where its first key frame brings other parameter sets than `init`
 * has. Undefined where nothing changed, the fragment does not begin with a key frame, or its sets are damaged.
 * @param fragmentBytes the bytes that `header` was parsed from
 */
export function changedParameterSets(
  init: InitSegment,
  fragmentBytes: Buffer,
  header: TrackFragment,
): InitSegment | undefined {
  const codec = codecOf(init);
  if (!codec || !header.startsWithKey || header.track.kind !== 'video') return undefined;
  const config = knownConfig(init, codec);
  const sent = setsBeforeFirstSlice(codec, fragmentBytes, header.firstSampleOffset, config.lengthBytes);
  const changed = sent.filter((set) => !config.sets.some((known) => known.bytes.equals(set.bytes)));
  if (changed.length === 0) return undefined;
  const sets = merge(config.sets, sent, changed);
  const sps = sets.find(({ kind }) => kind === 'sps')?.sps;
  if (!sps || !sets.some(({ kind }) => kind === 'pps')) return undefined;
  return withSets(init, codec, sets, sps, config.lengthBytes);
}

/**
 * HEVC with all its sets in the init segment is `hvc1`, and Apple's players accept nothing else. ffmpeg writes `hev1`
 * unless it is told the codec beforehand. Anything else comes back as it is. So does a segment where sets are missing:
 * only `hev1` is true of it.
 */
export function taggedHvc1(init: InitSegment): InitSegment {
  const { entry } = sampleEntry(init);
  if (entry.type !== 'hev1') return init;
  const { sets, lengthBytes } = readConfig(init, 'hevc');
  const sps = sets.find(({ kind }) => kind === 'sps')?.sps;
  if (!sps || !ORDER.every((kind) => sets.some((set) => set.kind === kind))) return init;
  const bytes = Buffer.from(init.bytes);
  bytes.write('hvc1', entry.start + 4, 'latin1');
  const hvcc = configBox(bytes, entry, 'hvcC');
  if (lengthBytes > 0)
    for (const array of hevcArrays(bytes, hvcc)) bytes.writeUInt8((bytes[array.offset] ?? 0) | 0x80, array.offset);
  return parseInitSegment(bytes);
}

/**
 * `avcC` or `hvcC` (14496-15, 5.3.3.1 and 8.3.3.1) of samples whose NAL units stand behind lengths of four bytes, and
 * the size of their pictures. Undefined: a kind of set is missing.
 */
export function decoderConfig(
  codec: NalCodec,
  sets: readonly ParameterSet[],
): { bytes: Buffer; width: number; height: number } | undefined {
  const sps = sets.find(({ kind }) => kind === 'sps')?.sps;
  const kinds = codec === 'hevc' ? ORDER : ORDER.slice(1);
  if (!sps || !kinds.every((kind) => sets.some((set) => set.kind === kind))) return undefined;
  const bytes = codec === 'hevc' ? buildHvcc([...sets], sps, 4) : buildAvcc([...sets], sps, 4);
  return { bytes, width: sps.width, height: sps.height };
}

interface DecoderConfig {
  sets: ParameterSet[];
  lengthBytes: number;
}

/** An init segment serves for hours of key frames, so it is read once. */
const CONFIGS = new WeakMap<InitSegment, DecoderConfig>();

function knownConfig(init: InitSegment, codec: NalCodec): DecoderConfig {
  const config = CONFIGS.get(init) ?? readConfig(init, codec);
  CONFIGS.set(init, config);
  return config;
}

function codecOf(init: InitSegment): NalCodec | undefined {
  const { codec } = init.video;
  return codec === 'h264' || codec === 'hevc' ? codec : undefined;
}

/** A changed SPS makes what belonged to its forerunner void; other sets take the place of those with their number. */
function merge(known: ParameterSet[], sent: ParameterSet[], changed: ParameterSet[]): ParameterSet[] {
  const same = (a: ParameterSet, b: ParameterSet): boolean => a.kind === b.kind && a.id === b.id;
  const newSps = changed.some((set) => set.kind === 'sps' && known.some((other) => same(set, other)));
  const sentKinds = new Set(sent.map(({ kind }) => kind));
  const kept = known.filter((set) => (newSps ? !sentKinds.has(set.kind) : !sent.some((other) => same(set, other))));
  const latest = sent.filter((set, i) => !sent.slice(i + 1).some((later) => same(set, later)));
  return [...kept, ...latest].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.id - b.id);
}

/** None at all where one of them is damaged: half a change would be worse than none. */
function setsBeforeFirstSlice(codec: NalCodec, bytes: Buffer, offset: number, lengthBytes: number): ParameterSet[] {
  const sets: ParameterSet[] = [];
  let at = offset;
  for (let units = 0; units < MOST_UNITS && at + lengthBytes < bytes.length; units++) {
    const start = at + lengthBytes;
    const end = start + bytes.readUIntBE(at, lengthBytes);
    const type = nalType(codec, bytes[start] ?? 0);
    if (end > bytes.length || end === start || isSlice(codec, type)) break;
    at = end;
    if (!isParameterSet(codec, type)) continue;
    const set = readParameterSet(codec, Buffer.from(bytes.subarray(start, end)));
    if (!set) return [];
    sets.push(set);
  }
  return sets;
}

function sampleEntry({ bytes, video }: InitSegment): { trak: Box; tkhd: Box; path: Box[]; entry: Box } {
  const moov = findBox(bytes, { payload: 0, end: bytes.length }, 'moov');
  for (const trak of moov ? boxesIn(bytes, moov.payload, moov.end) : []) {
    const tkhd = trak.type === 'trak' ? findBox(bytes, trak, 'tkhd') : undefined;
    if (
      !moov ||
      !tkhd ||
      bytes.readUInt32BE(tkhd.payload + (versionAndFlags(bytes, tkhd).version === 1 ? 20 : 12)) !== video.id
    )
      continue;
    const path = ['mdia', 'minf', 'stbl', 'stsd'].map((_, i, types) => findPath(bytes, trak, ...types.slice(0, i + 1)));
    const stsd = path.at(-1);
    const entry = stsd && readBoxHeader(bytes, stsd.payload + 8);
    if (entry) return { trak, tkhd, path: [moov, trak, ...path.filter((box) => box !== undefined)], entry };
  }
  throw new BoxError('the init segment has no sample entry of its video track');
}

function configBox(bytes: Buffer, entry: Box, type: 'avcC' | 'hvcC'): Box {
  const box = findBox(bytes, { payload: entry.start + VISUAL_ENTRY_BYTES, end: entry.end }, type);
  if (!box) throw new BoxError(`the sample entry ${entry.type} has no ${type}`);
  return box;
}

/** The sets, and the size of the length before each NAL unit (14496-15, 5.3.3.1 and 8.3.3.1). */
function readConfig(init: InitSegment, codec: NalCodec): DecoderConfig {
  const { bytes } = init;
  const box = configBox(bytes, sampleEntry(init).entry, codec === 'hevc' ? 'hvcC' : 'avcC');
  const lengthBytes = ((bytes[box.payload + (codec === 'hevc' ? 21 : 4)] ?? 3) & 3) + 1;
  const units = codec === 'hevc' ? hevcArrays(bytes, box).flatMap(({ units }) => units) : avcUnits(bytes, box);
  return { lengthBytes, sets: units.map((unit) => readParameterSet(codec, unit)).filter((set) => set !== undefined) };
}

function avcUnits(bytes: Buffer, avcc: Box): Buffer[] {
  const sps = readUnits(bytes, avcc.payload + 6, (bytes[avcc.payload + 5] ?? 0) & 31);
  const pps = readUnits(bytes, sps.end + 1, bytes[sps.end] ?? 0);
  return [...sps.units, ...pps.units];
}

function hevcArrays(bytes: Buffer, hvcc: Box): { offset: number; units: Buffer[] }[] {
  const arrays: { offset: number; units: Buffer[] }[] = [];
  let at = hvcc.payload + 23;
  for (let left = bytes[hvcc.payload + 22] ?? 0; left > 0; left--) {
    const { units, end } = readUnits(bytes, at + 3, bytes.readUInt16BE(at + 1));
    arrays.push({ offset: at, units });
    at = end;
  }
  return arrays;
}

function readUnits(bytes: Buffer, offset: number, count: number): { units: Buffer[]; end: number } {
  const units: Buffer[] = [];
  let at = offset;
  for (let left = count; left > 0; left--) {
    const end = at + 2 + bytes.readUInt16BE(at);
    units.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return { units, end: at };
}

function withSets(
  init: InitSegment,
  codec: NalCodec,
  sets: ParameterSet[],
  sps: SpsFacts,
  lengthBytes: number,
): InitSegment {
  const { path, tkhd, entry } = sampleEntry(init);
  const config = codec === 'hevc' ? buildHvcc(sets, sps, lengthBytes) : buildAvcc(sets, sps, lengthBytes);
  // The entry's other boxes (pasp, colr, btrt) describe the former pictures. The sets themselves describe the new ones.
  const head = Buffer.from(init.bytes.subarray(entry.start, entry.start + VISUAL_ENTRY_BYTES));
  head.writeUInt32BE(VISUAL_ENTRY_BYTES + config.length, 0);
  if (codec === 'hevc') head.write('hvc1', 4, 'latin1');
  head.writeUInt16BE(sps.width, 32);
  head.writeUInt16BE(sps.height, 34);
  const bytes = Buffer.concat([init.bytes.subarray(0, entry.start), head, config, init.bytes.subarray(entry.end)]);
  const growth = bytes.length - init.bytes.length;
  for (const box of path) bytes.writeUInt32BE(box.end - box.start + growth, box.start);
  // Width and height (16.16) are the last fields of tkhd. It lies before the entry, so it has not moved.
  bytes.writeUInt32BE(sps.width * 65536, tkhd.end - 8);
  bytes.writeUInt32BE(sps.height * 65536, tkhd.end - 4);
  return parseInitSegment(bytes);
}

function buildAvcc(sets: ParameterSet[], sps: SpsFacts, lengthBytes: number): Buffer {
  const [spsSets, ppsSets] = (['sps', 'pps'] as const).map((kind) =>
    sets.filter((set) => set.kind === kind).map(({ bytes }) => bytes),
  );
  const [, profile = 0, compatibility = 0, level = 0] = spsSets?.[0] ?? [];
  const high = [0xfc | sps.chromaFormat, 0xf8 | (sps.bitDepthLuma - 8), 0xf8 | (sps.bitDepthChroma - 8), 0];
  return box(
    'avcC',
    Buffer.from([1, profile, compatibility, level, 0xfc | (lengthBytes - 1), 0xe0 | (spsSets?.length ?? 0)]),
    ...withLengths(spsSets ?? []),
    Buffer.from([ppsSets?.length ?? 0]),
    ...withLengths(ppsSets ?? []),
    Buffer.from(isHighProfile(profile) ? high : []),
  );
}

function buildHvcc(sets: ParameterSet[], sps: SpsFacts, lengthBytes: number): Buffer {
  const kinds = ORDER.filter((kind) => sets.some((set) => set.kind === kind));
  const layers = ((sps.temporalLayers ?? 1) << 3) | (sps.temporalIdNested ? 4 : 0) | (lengthBytes - 1);
  return box(
    'hvcC',
    Buffer.from([1]),
    sps.profileTierLevel ?? Buffer.alloc(12),
    // There is no spatial segmentation; parallelism and frame rate are unknown.
    Buffer.from([
      0xf0,
      0,
      0xfc,
      0xfc | sps.chromaFormat,
      0xf8 | (sps.bitDepthLuma - 8),
      0xf8 | (sps.bitDepthChroma - 8),
      0,
      0,
      layers,
      kinds.length,
    ]),
    ...kinds.flatMap((kind) => {
      const units = sets.filter((set) => set.kind === kind).map(({ bytes }) => bytes);
      return [Buffer.from([0x80 | HEVC_ARRAY_TYPES[kind], 0, units.length]), ...withLengths(units)];
    }),
  );
}

function withLengths(units: Buffer[]): Buffer[] {
  return units.flatMap((unit) => [Buffer.from([unit.length >> 8, unit.length & 255]), unit]);
}
