import { z } from 'zod';
import { cameraId } from '../camera';
import { ERROR_CODES } from '../errors';
import { exportId, exportRecord, exportRequestFields } from '../exports';
import { recordedSeconds } from '../kept-instants';

export const exportBody = z.object(exportRequestFields);

const exportView = z
  .object({
    export_id: exportId,
    camera_id: cameraId,
    start: recordedSeconds,
    end: recordedSeconds,
    state: z.enum(['waiting', 'making', 'cancelling', 'ready', 'failed']),
    percent: z.int().min(0).max(100).optional().meta({ description: 'Of `making`.' }),
    ...exportRecord.pick({ created_at: true, size_bytes: true, codec: true, width: true, height: true }).partial()
      .shape,
    partial: z.boolean().optional().meta({ description: 'Of `ready`: not all of the range was recorded.' }),
    gaps: exportRecord.shape.gaps.optional(),
    file_path: z.string().optional().meta({ description: 'Of `ready`.' }),
    code: z.enum(ERROR_CODES).optional().meta({ description: 'Of `failed`.' }),
    message: z.string().optional().meta({ description: 'Of `failed`: why. Ask for the same again to try again.' }),
  })
  .meta({ id: 'Export' });
export type ExportView = z.infer<typeof exportView>;

export const exportAnswer = exportView;
export const exportsAnswer = z.object({
  exports: z.array(exportView),
  trouble: z.string().optional().meta({ description: 'Why only finished exports are shown.' }),
});
export type ExportsAnswer = z.infer<typeof exportsAnswer>;
export const exportGoneAnswer = z.object({ export_id: exportId, removed: z.literal(true) });
