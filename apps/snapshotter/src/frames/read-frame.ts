import { cameraFrame, cameraId, ContractError, readPayload, timestampMs } from '@vr/contracts';
import { jpegSize } from '@vr/media';
import { z } from 'zod';
import type { Frame } from './frame-cache';

/** A header is text: digits count as a number. */
const headerTimestamp = z.string().transform((text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text)).pipe(timestampMs);
const rawHeaders = z.object({ camera_id: cameraId, timestamp: headerTimestamp });

/** A message of `seguranca.camera.frame`: JSON with an address or base64, or (payload undefined) a bare JPEG with headers. */
export function readFrame(payload: unknown, headers: Record<string, string>, body: Uint8Array): Frame {
  if (payload !== undefined) {
    const { cameraId, timestampMs, url, data } = readPayload(cameraFrame, payload);
    // The schema has seen to it that one of them is there.
    return { cameraId, timestampMs, picture: data === undefined ? { url: url ?? '' } : { base64: data } };
  }
  // A copy: the message's bytes are a window on what came with them over the network.
  const jpeg = Buffer.from(body);
  if (!jpegSize(jpeg)) throw new ContractError('invalid_payload', `wanted JSON or a whole JPEG, got ${body.length} bytes that are neither`);
  const { camera_id, timestamp } = readPayload(rawHeaders, lowerCased(headers));
  return { cameraId: camera_id, timestampMs: timestamp, picture: { jpeg } };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
