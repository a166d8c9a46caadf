import { z } from 'zod';
import { cameraId } from './camera';
import { recordedSeconds } from './kept-instants';

export const ALERT_KINDS = ['camera_offline', 'disk', 'store', 'clock', 'retention'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/**
 * `seguranca.record.alert`: something that a person should look at began, or is over. `since` is when it began, in
 * seconds, in both messages. So the two belong together by kind, camera and `since`.
 */
export const recordAlert = z.object({
  kind: z.enum(ALERT_KINDS),
  state: z.enum(['raised', 'cleared']),
  camera_id: cameraId.optional(),
  since: recordedSeconds,
  /** For a person: what is wrong and what to do, or that it is over. */
  message: z.string(),
});
export type RecordAlert = z.infer<typeof recordAlert>;
