import type { ErrorCode } from '@vr/contracts';
import type { z } from 'zod';

export const GROUPS = {
  cameras: 'Cameras and their footage',
  library: 'Events, clips and snapshots',
  requests: 'What is asked for by hand',
  protections: 'Protections',
  exports: 'Exports',
  access: 'Sign-in, users and shares',
  service: 'The recorder itself',
} as const;

/** What an answer holds: JSON by a schema, bytes of a media type, or either. Neither: nothing. */
export interface Answer {
  says: string;
  json?: z.ZodType;
  bytes?: string;
}

/** A way to ask the console something, as the OpenAPI document and the typed client show it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it: `/api/cameras/{id}/timeline`. */
  path: string;
  /** A name of its own among all operations: `cameraTimeline`. */
  id: string;
  group: keyof typeof GROUPS;
  summary: string;
  says?: string;
  /** What stands for `{...}` in the path. */
  parameters?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** By status. Answers of `errors` are added to them. */
  answers: Readonly<Record<number, Answer>>;
  /** What may go wrong, beside what may go wrong everywhere. */
  errors?: readonly ErrorCode[];
  /** 503 with `too_many_requests`: it has no room now, whoever asks. */
  mayBeBusy?: true;
  /** It needs no proof of who asks. */
  isOpen?: true;
}
