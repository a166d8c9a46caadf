import { z } from 'zod';

const AUDIT_ACTIONS = [
  'delete',
  'protect',
  'unprotect',
  'protection_expired',
  'protection_full',
  'view',
  'download',
  'sign_in_refused',
  'sign_in',
  'sign_out',
  'session_revoked',
  'user_changed',
  'user_deleted',
  'token_made',
  'token_revoked',
  'share_made',
  'share_revoked',
] as const;

/**
 * One line of the audit: who did what to which piece of footage, when and why. Instants are in seconds. Only `at` is
 * text, because people read it.
 */
export const auditEntry = z.object({
  /** ISO 8601, UTC. */
  at: z.string(),
  /** `janitor`, or what let the viewer in (`token`, `link`, `anyone`) and the address: `token 10.0.0.7`. */
  who: z.string(),
  action: z.enum(AUDIT_ACTIONS),
  /** A path below its folder, or an object as `bucket/key`, or the id of a protection. */
  what: z.string(),
  why: z.string(),
  kind: z.string().optional(),
  camera_id: z.string().optional(),
  start: z.number().optional(),
  end: z.number().optional(),
  size_bytes: z.number().optional(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
