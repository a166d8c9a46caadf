/**
 * A track is one recorded stream of a camera. The main stream's track has the camera's id, the sub-stream's has `.sub`
 * behind it. No camera id holds a dot, so no two tracks share a folder or a file name.
 */
import { z } from 'zod';
import { cameraId, type CameraConfig } from './camera';

export const streamKind = z.enum(['main', 'sub'], { error: 'wanted main or sub' });
export type StreamKind = z.infer<typeof streamKind>;

const SUB = '.sub';

export function trackOf(camera: string, stream: StreamKind): string {
  return stream === 'sub' ? `${camera}${SUB}` : camera;
}

export function cameraOfTrack(track: string): string {
  return track.endsWith(SUB) ? track.slice(0, -SUB.length) : track;
}

export function streamOfTrack(track: string): StreamKind {
  return track.endsWith(SUB) ? 'sub' : 'main';
}

/** Whether this names the footage of a camera, as the folders of RECORDINGS_DIR do. */
export function isTrack(name: string): boolean {
  return cameraId.safeParse(cameraOfTrack(name)).success;
}

/** A stream as the recorder reads it. Its id is its track. */
export interface RecordedStream extends Omit<CameraConfig, 'id' | 'sub_url' | 'sub_retention_days'> {
  id: string;
}

/** The streams of a camera. Each holds only what it depends on, so that a change of one does not touch the other. */
export function streamsOf(config: CameraConfig): RecordedStream[] {
  const { id, sub_url: subUrl, ...camera } = config;
  delete camera.sub_retention_days;
  const main: RecordedStream = { ...camera, id: trackOf(id, 'main') };
  // The camera made the sub-stream small already. Encoding it again would cost much and win nothing.
  return subUrl === undefined ? [main] : [main, { ...main, id: trackOf(id, 'sub'), url: subUrl, encoder: 'copy' }];
}
