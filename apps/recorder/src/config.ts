import { setting, settings } from '@vr/service';
import type { z } from 'zod';

export const recorderSettings = { ...settings.service, ...settings.nats, ...settings.folders, ...settings.cameras, HTTP_PORT: setting.port.default(9101) };
export type RecorderConfig = z.output<z.ZodObject<typeof recorderSettings>>;
