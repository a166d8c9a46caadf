import { runFfmpeg } from './ffmpeg';
import { probe } from './probe';

const DEADLINE_MS = 120_000;

export interface CutClipOptions {
  /** A seekable file whose time begins at 0; a pipe will not do. */
  sourcePath: string;
  /** Overwritten; whole only once the promise resolves: give a temporary name and rename. */
  targetPath: string;
  offsetMs: number;
  durationMs: number;
  /** Texts that players show: title, comment, creation_time (ISO 8601)... */
  metadata: Record<string, string>;
  signal?: AbortSignal;
  deadlineMs?: number;
}

/**
 * Cuts a piece out of a file without encoding: a fast-start MP4 that holds everything from the key frame at or before the offset
 * and shows, by its edit list (ISO 14496-12, 8.6.6), exactly the wanted frames.
 */
export async function cutClip(options: CutClipOptions): Promise<void> {
  const { sourcePath, signal, deadlineMs = DEADLINE_MS } = options;
  const { codec } = await probe(sourcePath, signal);
  await runFfmpeg(clipArguments(options, codec), { deadlineMs, ...(signal && { signal }) });
}

export function clipArguments({ sourcePath, targetPath, offsetMs, durationMs, metadata }: CutClipOptions, codec: string): string[] {
  return [
    ...['-ss', secondsText(offsetMs), '-i', sourcePath, '-t', secondsText(durationMs)],
    ...['-map', '0:v:0', '-map', '0:a?', '-c', 'copy'],
    // Apple's players open hvc1 and refuse hev1.
    ...(codec === 'hevc' ? ['-tag:v', 'hvc1'] : []),
    ...Object.entries(metadata).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
    ...['-movflags', '+faststart', '-f', 'mp4', '-y', targetPath],
  ];
}

/** ffmpeg's notation of a length of time. */
export function secondsText(ms: number): string {
  return (ms / 1000).toFixed(6);
}
