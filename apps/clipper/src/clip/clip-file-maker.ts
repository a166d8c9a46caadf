/** Makes a clip's file of footage: a copy, or an encoded one where a copy will not do. */
import { largestOf, smallestOf } from '@vr/base';
import { ContractError, type CameraStream, type ClipEncoding } from '@vr/contracts';
import { writeClip, type WrittenClip } from '@vr/footage';
import { type ClipTexts } from '@vr/mp4';
import { encodeClip, MediaError } from '@vr/media';
import { hashFile } from '@vr/objects';
import type { ClipperConfig } from '../config';
import { mediaBytes, streamsOf, usualSize, type ClipFootage } from './clip-footage';

/** The codecs in MP4 that browsers play; they play no MJPEG, MPEG-4 Part 2 or the like. */
const PLAYED: ReadonlySet<string> = new Set(['h264', 'hevc', 'av01', 'vp09']);

/** The MB of messengers. */
const MB = 1e6;

export type EncodingRules = Pick<ClipperConfig, 'CLIP_CUT' | 'CLIP_CODEC' | 'CLIP_MAX_MB'>;

export interface ClipFile extends Pick<
  WrittenClip,
  'startMs' | 'endMs' | 'sizeBytes' | 'sha256' | 'codec' | 'width' | 'height'
> {
  /** Why it is no copy, and what it is made of; absent where it is one. */
  encoded?: ClipEncoding;
  streams?: CameraStream[];
}

export interface WantedFile {
  footage: ClipFootage;
  startMs: number;
  endMs: number;
  texts: ClipTexts;
  /** A name for work in progress, which the caller removes. */
  newPath(ending: string): Promise<string>;
  signal: AbortSignal;
  log(line: string): void;
}

interface Copy extends WrittenClip {
  path: string;
}

/** The footage's codecs that browsers do not play: such clips are encoded whatever CLIP_CODEC says. */
export function unplayedCodecs({ pieces }: ClipFootage): string[] {
  return [...new Set(pieces.map(({ index }) => index.video.codec))].filter((codec) => !PLAYED.has(codec));
}

/** Whether the clip may have to be encoded, as far as one knows before it is cut. */
export function mayBeEncoded(footage: ClipFootage, rules: EncodingRules): boolean {
  return encodingReason(footage, mediaBytes(footage), rules) !== undefined;
}

export async function makeClipFile(
  wanted: WantedFile,
  rules: EncodingRules,
): Promise<{ path: string; file: ClipFile }> {
  const copies: Copy[] = [];
  for (const pieces of wanted.footage.setUps) {
    const path = await wanted.newPath('copy.mp4');
    copies.push({
      path,
      ...(await writeClip(pieces, wanted.startMs, wanted.endMs, path, wanted.texts, wanted.signal)),
    });
  }
  const [copy] = copies;
  if (!copy) throw new Error('makeClipFile: wanted footage');
  const reason = encodingReason(wanted.footage, sizeOf(copies), rules);
  if (!reason) return { path: copy.path, file: copy };
  wanted.log(`encoding: ${reason.sentence}`);
  try {
    return await encoded(wanted, copies, reason.encoding, mostBytes(rules));
  } catch (error) {
    if (!(error instanceof MediaError) || error.fault === 'cancelled') throw error;
    wanted.log(error.message);
    throw cannotBeEncoded(reason.sentence, error);
  }
}

/** The error that people who wait for the clip read. Its cause is what ffmpeg said, for the log and the board. */
function cannotBeEncoded(reason: string, cause: MediaError): ContractError {
  return new ContractError(
    'internal',
    `the clip must be encoded (${reason}), and ffmpeg did not manage it: the clipper's log says why. ` +
      'The footage is unharmed; a retry on the board makes the clip once that is mended.',
    { cause },
  );
}

function encodingReason(
  footage: ClipFootage,
  sizeBytes: number,
  rules: EncodingRules,
): { encoding: ClipEncoding; sentence: string } | undefined {
  const kinds = footage.setUps.flatMap(([piece]) => piece?.index.video ?? []);
  const codecs = kinds.map(({ codec }) => codec).join(', ');
  const shown = kinds.map(({ codec, width, height }) => `${codec} ${width}x${height}`);
  if (kinds.length > 1)
    return {
      encoding: 'mixed',
      sentence: `the camera changed in the middle: ${shown.join(', ')}`,
    };
  if (unplayedCodecs(footage).length > 0) return { encoding: 'codec', sentence: `browsers do not play ${codecs}` };
  if (rules.CLIP_CODEC === 'h264' && codecs !== 'h264')
    return { encoding: 'codec', sentence: `CLIP_CODEC=h264, and the footage is ${codecs}` };
  if (rules.CLIP_CUT === 'reencode')
    return { encoding: 'cut', sentence: 'CLIP_CUT=reencode wants a first frame that needs no edit list' };
  if (sizeBytes > (mostBytes(rules) ?? Infinity))
    return { encoding: 'size', sentence: `${sizeBytes} bytes are more than CLIP_MAX_MB` };
  return undefined;
}

function mostBytes({ CLIP_MAX_MB }: EncodingRules): number | undefined {
  return CLIP_MAX_MB === undefined ? undefined : CLIP_MAX_MB * MB;
}

async function encoded(
  wanted: WantedFile,
  copies: readonly Copy[],
  encoding: ClipEncoding,
  maxBytes: number | undefined,
): Promise<{ path: string; file: ClipFile }> {
  const { footage, signal } = wanted;
  const startMs = smallestOf(copies.map((copy) => copy.startMs));
  const endMs = largestOf(copies.map((copy) => copy.endMs));
  const path = await wanted.newPath('encoded.mp4');
  const startTime = new Date(startMs).toISOString();
  const size = usualSize(footage.setUps, startMs, endMs);
  const options = {
    sources: copies.map((copy) => ({ path: copy.path, offsetMs: copy.startMs - startMs })),
    targetPath: path,
    metadata: { ...wanted.texts, creation_time: startTime, date: startTime },
    signal,
    ...(size && { size }),
  };
  const isTooLarge = maxBytes !== undefined && sizeOf(copies) > maxBytes;
  let media = await encodeClip({ ...options, ...(isTooLarge && { maxBytes }) });
  let fingerprint = await hashFile(path);
  if (maxBytes !== undefined && !isTooLarge && fingerprint.sizeBytes > maxBytes) {
    media = await encodeClip({ ...options, maxBytes });
    fingerprint = await hashFile(path);
  }
  if (fingerprint.sizeBytes > (maxBytes ?? Infinity))
    wanted.log(`${fingerprint.sizeBytes} bytes are more than CLIP_MAX_MB, and the least that two tries brought`);
  const { codec, width, height } = media;
  return {
    path,
    file: {
      startMs,
      endMs,
      codec,
      width,
      height,
      ...fingerprint,
      encoded: encoding,
      streams: streamsOf(footage.pieces, startMs, endMs),
    },
  };
}

function sizeOf(copies: readonly Copy[]): number {
  return copies.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
