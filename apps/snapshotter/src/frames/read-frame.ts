import { ContractError, readCameraFrame, readFrameHeaders } from '@vr/contracts';
import type { MessageContext } from '@vr/messaging';
import { isSaneSize, MOST_PIXELS, MOST_SIDE_PX, readJpeg } from '@vr/media';
import type { Frame } from './frame-buffer';

export const FRAME_LIMIT_BYTES = 10_000_000;
/** Base64 has four characters for three bytes. */
const LIMIT_CHARACTERS = (FRAME_LIMIT_BYTES / 3) * 4;
const DATA_URL = /^data:image\/jpeg;base64,/;

/**
 * A message of `seguranca.camera.frame`: JSON with an address or base64, or (payload undefined) a bare JPEG with
 * headers.
 */
export function readFrame(
  payload: unknown,
  { headers, body, arrival }: Pick<MessageContext, 'headers' | 'body' | 'arrival'>,
): Frame {
  if (payload === undefined) {
    const jpeg = wholeJpeg(body, 'JSON or a JPEG');
    const { cameraId, timestampMs = arrival.atMs } = readFrameHeaders(plainNames(headers), arrival.atMs);
    return { cameraId, timestampMs, picture: { jpeg } };
  }
  const { cameraId, timestampMs = arrival.atMs, url, data } = readCameraFrame(payload, arrival.atMs);
  // The schema made sure that one of them is there.
  const picture = data === undefined ? { url: url ?? '' } : { jpeg: fromBase64(data) };
  return { cameraId, timestampMs, picture };
}

/** The picture itself, without bytes behind it. Throws `invalid_payload` where it is no whole JPEG. */
export function wholeJpeg(bytes: Uint8Array, wanted: string): Buffer {
  if (bytes.length > FRAME_LIMIT_BYTES) {
    throw new ContractError(
      'invalid_payload',
      `wanted a picture of at most ${FRAME_LIMIT_BYTES} bytes, got ${bytes.length}`,
    );
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const facts = readJpeg(view);
  if (!facts)
    throw new ContractError('invalid_payload', `wanted ${wanted}, whole, got ${bytes.length} bytes that are none`);
  if (!isSaneSize(facts)) {
    const most = `at most ${MOST_SIDE_PX} pixels a side and ${MOST_PIXELS / 1e6} million in all`;
    throw new ContractError(
      'invalid_payload',
      `wanted a picture of ${most}, got one of ${facts.width}x${facts.height}`,
    );
  }
  // A copy, because a message's bytes are a window on all that came with them over the network.
  return Buffer.from(view.subarray(0, facts.sizeBytes));
}

function fromBase64(data: string): Buffer {
  if (data.length > LIMIT_CHARACTERS)
    throw new ContractError('invalid_payload', `data: wanted a picture of at most ${FRAME_LIMIT_BYTES} bytes`);
  return wholeJpeg(Buffer.from(data.replace(DATA_URL, ''), 'base64'), 'data: a base64 JPEG');
}

/** Clients and bridges write names as HTTP does: `Camera-Id`. */
function plainNames(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase().replaceAll('-', '_'), value]),
  );
}
