/** Links that show one range of one camera to people without an account. */
import { z } from 'zod';
import { cameraId } from '../camera';
import { outsideCameraId, outsideInstant, outsideInstantIfThere } from '../fields';
import { recordedSeconds } from '../kept-instants';

export const shareRequestFields = {
  camera_id: outsideCameraId,
  start: outsideInstant,
  end: outsideInstant,
  expires_at: outsideInstantIfThere,
};
export const shareBody = z.object(shareRequestFields);

const shareView = z
  .object({
    share_id: z.string(),
    camera_id: cameraId,
    start: recordedSeconds,
    end: recordedSeconds,
    created_at: recordedSeconds,
    created_by: z.string(),
    expires_at: recordedSeconds,
    state: z.enum(['open', 'expired', 'revoked']),
    opened: z.int().min(0).meta({ description: 'How often its page was opened.' }),
  })
  .meta({ id: 'Share' });
export type ShareView = z.infer<typeof shareView>;

export const sharesAnswer = z.object({ shares: z.array(shareView) });
export const shareMadeAnswer = shareView.extend({
  url: z.string().meta({ description: 'Told once: only its hash is kept.' }),
  works_outside: z.boolean().meta({ description: 'CONSOLE_PUBLIC_URL names a host outside.' }),
});
export type ShareMadeAnswer = z.infer<typeof shareMadeAnswer>;
