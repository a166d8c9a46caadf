/**
 * Who may send which message on `/api/live`, and who is told which. What is not here is told to nobody. Who may open
 * the socket at all stands in route-rights.ts.
 */
import type { LiveMessage, LiveRequest } from '@vr/contracts';
import { mayDo, type Principal, type Role } from './principal';

interface MessageRight {
  least: Role;
  /** Whether its `camera_id` must be a camera that one sees. */
  ofCamera: boolean;
}

export const REQUEST_RIGHTS: Readonly<Record<LiveRequest['op'], MessageRight>> = {
  watch: { least: 'viewer', ofCamera: true },
  unwatch: { least: 'viewer', ofCamera: false },
};

/** Those that name a watch and no camera are answers to one who was let in to it. */
export const TOLD_RIGHTS: Readonly<Record<LiveMessage['op'], MessageRight>> = {
  hello: { least: 'viewer', ofCamera: false },
  watching: { least: 'viewer', ofCamera: true },
  stale: { least: 'viewer', ofCamera: false },
  stopped: { least: 'viewer', ofCamera: false },
  refused: { least: 'viewer', ofCamera: false },
  state: { least: 'viewer', ofCamera: true },
  event: { least: 'viewer', ofCamera: true },
  clip: { least: 'viewer', ofCamera: true },
  job: { least: 'viewer', ofCamera: true },
};

type Who = Pick<Principal, 'role' | 'sees'>;

export function mayAsk(who: Who, request: LiveRequest): boolean {
  return isAllowed(who, REQUEST_RIGHTS[request.op], request);
}

export function mayHear(who: Who, message: LiveMessage): boolean {
  return isAllowed(who, TOLD_RIGHTS[message.op], message);
}

function isAllowed(who: Who, { least, ofCamera }: MessageRight, said: object): boolean {
  if (!mayDo(who, least)) return false;
  return !ofCamera || ('camera_id' in said && typeof said.camera_id === 'string' && who.sees(said.camera_id));
}
