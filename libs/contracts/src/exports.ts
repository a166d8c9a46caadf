/** Exports: long ranges of footage as one file, made as jobs and kept for some days. */
import { z } from 'zod';
import { agreement } from './agreement';
import { cameraId, type CameraId } from './camera';
import { outsideCameraId, outsideInstant } from './fields';
import { instantMs, notNegative, recordedSeconds } from './kept-instants';
import { payloadReader } from './payload';
import { gap } from './status';

export const LONGEST_EXPORT_MS = 86_400_000;

/** The folder in CLIPS_DIR. No camera's id begins with a dot. */
export const EXPORTS_FOLDER = '.exports';

const EXPORT_ID = /^export_([A-Za-z0-9][A-Za-z0-9_-]{0,63}?)_(\d{9,10}\.\d{3})_(\d{9,10}\.\d{3})$/;

/** It holds the camera and the range, so the same export asked for twice is one. It names the file and the job. */
export const exportId = z
  .string()
  .regex(EXPORT_ID, 'wanted an export_id as POST /api/exports gave it')
  .brand<'ExportId'>();
export type ExportId = z.output<typeof exportId>;

export function exportIdOf(camera: CameraId, startMs: number, endMs: number): ExportId {
  const [start, end] = [startMs, endMs].map((ms) => (ms / 1000).toFixed(3));
  return exportId.parse(`export_${camera}_${start ?? ''}_${end ?? ''}`);
}

/** The camera of an export, where the id is an export's. */
export function exportedCamera(id: string): CameraId | undefined {
  return cameraId.safeParse(EXPORT_ID.exec(id)?.[1]).data;
}

export const exportRequestFields = { camera_id: outsideCameraId, start: outsideInstant, end: outsideInstant };

export const readExportRequest = payloadReader(exportRequestFields, (read, message) => ({
  cameraId: read.camera_id,
  ...message.range(read),
}));

/** What an export's job carries through Redis. */
export const exportJob = z
  .object({
    exportId,
    cameraId,
    startMs: instantMs,
    endMs: instantMs,
    /** Somebody wants it no more. Its worker looks here once a second. */
    cancelled: z.boolean().optional(),
  })
  .superRefine(
    agreement((job, fault) => {
      const wanted = exportIdOf(job.cameraId, job.startMs, job.endMs);
      if (job.exportId !== wanted) fault('exportId', `wanted ${wanted}, as the range says, got ${job.exportId}`);
      if (job.endMs <= job.startMs || job.endMs - job.startMs > LONGEST_EXPORT_MS)
        fault('endMs', `wanted an end up to ${LONGEST_EXPORT_MS} ms after the start, got ${job.endMs}`);
    }),
  );
export type ExportJob = z.output<typeof exportJob>;

/** The `.json` beside an export's file. The file is whole where this is there. Instants in seconds. */
export const exportRecord = z.object({
  export_id: exportId,
  camera_id: cameraId,
  start: recordedSeconds,
  end: recordedSeconds,
  created_at: recordedSeconds,
  size_bytes: notNegative,
  codec: z.string(),
  width: notNegative,
  height: notNegative,
  partial: z.boolean(),
  gaps: z.array(gap),
});
export type ExportRecord = z.output<typeof exportRecord>;
