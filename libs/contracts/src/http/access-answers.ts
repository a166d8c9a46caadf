/** Sign-in, users, sessions and tokens, as the console's API has them. */
import { z } from 'zod';
import { cameraId } from '../camera';
import { recordedSeconds } from '../kept-instants';

/** The audit calls by these names who has no name of his own. */
const RESERVED = new Set(['token', 'anyone', 'link', 'share', 'janitor', 'console']);
const userName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/, 'wanted up to 64 letters, digits, dots, dashes or @')
  .refine((name) => !RESERVED.has(name.toLowerCase()), `wanted another name than ${[...RESERVED].join(', ')}`);
const password = z.string().min(8, 'wanted at least 8 characters').max(1000);

export const userFields = {
  name: userName,
  role: z.enum(['viewer', 'operator', 'admin']),
  cameras: z.union([z.literal('*'), z.array(cameraId).max(1000)]),
};
export const userView = z.object(userFields);
export type UserView = z.infer<typeof userView>;

export const userBody = z.object({ ...userFields, password });
export const usersAnswer = z.object({ users: z.array(userView) });

export const signInBody = z.object({ user: z.string().max(100), password: z.string().max(1000) });
export const sessionAnswer = z.object({
  user: z.string(),
  role: userFields.role,
  cameras: userFields.cameras,
  csrf: z.string().optional().meta({ description: 'What `X-CSRF-Token` has to hold where the cookie is the proof.' }),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

const sessionView = z
  .object({
    session_id: z.string(),
    user: z.string(),
    began_at: recordedSeconds.optional(),
    expires_at: recordedSeconds,
    address: z.string().optional().meta({ description: 'Where the browser signed in from.' }),
    is_current: z.boolean().meta({ description: 'It is the proof of this request.' }),
  })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof sessionView>;
export const sessionsAnswer = z.object({ sessions: z.array(sessionView) });

const apiTokenView = z
  .object({ token_id: z.string(), ...userFields, created_at: recordedSeconds, created_by: z.string() })
  .meta({ id: 'ApiToken' });
export type ApiTokenView = z.infer<typeof apiTokenView>;
export const apiTokensAnswer = z.object({ tokens: z.array(apiTokenView) });
export const apiTokenMadeAnswer = apiTokenView.extend({
  token: z.string().meta({ description: 'Told once: only its hash is kept.' }),
});
export type ApiTokenMadeAnswer = z.infer<typeof apiTokenMadeAnswer>;
