/** Sign-in and users, as the console's API has them. */
import { z } from 'zod';
import { cameraId } from '../camera';

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
