/**
 * Who may use which route. What is not here is closed to everybody but admins, also what somebody adds tomorrow. Paths
 * are compared letter by letter: Express would take `/API/Cameras` too, and this table does not. The routes that need
 * no sign-in stand in open-routes.ts.
 */
import { cameraOfTrack, clipId, clipIdParts, exportedCamera } from '@vr/contracts';
import { parseSegmentName } from '@vr/footage';
import { storedPlace } from '@vr/library';
import type { Role } from './principal';

interface RouteRight {
  /** GET stands for HEAD too. */
  method: 'GET' | 'POST' | 'DELETE';
  /** As Nest has it. */
  path: string;
  least: Role;
  /** The camera that the last parameter of the path names. Undefined where its text names none. */
  camera?: (text: string) => string | undefined;
}

const itself = (text: string): string => text;
const ofEvent = (text: string): string | undefined => {
  const id = clipId.safeParse(text);
  return id.success ? clipIdParts(id.data).cameraId : undefined;
};

/** Whoever sees a camera sees both of its streams. */
const ofSegment = (text: string): string | undefined => {
  const track = parseSegmentName(text)?.cameraId;
  return track === undefined ? undefined : cameraOfTrack(track);
};

export const ROUTE_RIGHTS: readonly RouteRight[] = [
  { method: 'GET', path: '/api/openapi.json', least: 'viewer' },
  { method: 'GET', path: '/api/docs', least: 'viewer' },
  { method: 'GET', path: '/api/docs/style.css', least: 'viewer' },
  { method: 'GET', path: '/api/session', least: 'viewer' },
  { method: 'DELETE', path: '/api/session', least: 'viewer' },
  // One's own; admins also those of others.
  { method: 'GET', path: '/api/sessions', least: 'viewer' },
  { method: 'DELETE', path: '/api/sessions/:id', least: 'viewer' },
  // Lists: their controllers leave out what the principal does not see.
  { method: 'GET', path: '/api/cameras', least: 'viewer' },
  { method: 'GET', path: '/api/clips', least: 'viewer' },
  { method: 'GET', path: '/api/snapshots', least: 'viewer' },
  { method: 'GET', path: '/api/events', least: 'viewer' },
  { method: 'GET', path: '/api/exports', least: 'viewer' },
  // What goes over the socket: live-rights.ts.
  { method: 'GET', path: '/api/live', least: 'viewer' },
  { method: 'GET', path: '/api/protections', least: 'viewer' },
  { method: 'GET', path: '/api/cameras/:id/timeline', least: 'viewer', camera: itself },
  { method: 'GET', path: '/api/cameras/:id/index', least: 'viewer', camera: itself },
  { method: 'GET', path: '/api/cameras/:id/footage.m3u8', least: 'viewer', camera: itself },
  { method: 'GET', path: '/api/cameras/:id/live.m3u8', least: 'viewer', camera: itself },
  { method: 'GET', path: '/api/cameras/:id/clip.mp4', least: 'viewer', camera: itself },
  { method: 'GET', path: '/api/cameras/:id/snapshot.jpg', least: 'viewer', camera: itself },
  { method: 'GET', path: '/api/cameras/:id/thumb.jpg', least: 'viewer', camera: itself },
  {
    method: 'GET',
    path: '/api/footage/:fileName',
    least: 'viewer',
    camera: ofSegment,
  },
  { method: 'GET', path: '/api/events/:id/picture.jpg', least: 'viewer', camera: ofEvent },
  { method: 'GET', path: '/api/media/:kind/*key', least: 'viewer', camera: (key) => key.split('/')[0] },
  { method: 'GET', path: '/api/exports/:id', least: 'viewer', camera: exportedCamera },
  { method: 'GET', path: '/api/exports/:id/file', least: 'viewer', camera: exportedCamera },
  { method: 'POST', path: '/api/cameras/:id/snapshot', least: 'operator', camera: itself },
  { method: 'POST', path: '/api/cameras/:id/clip', least: 'operator', camera: itself },
  { method: 'POST', path: '/api/cameras/:id/protect', least: 'operator', camera: itself },
  // These find out in their controllers which camera is meant.
  { method: 'POST', path: '/api/protections/:id/unprotect', least: 'operator' },
  { method: 'POST', path: '/api/exports', least: 'operator' },
  { method: 'GET', path: '/api/shares', least: 'operator' },
  { method: 'POST', path: '/api/shares', least: 'operator' },
  { method: 'DELETE', path: '/api/shares/:id', least: 'operator' },
  { method: 'DELETE', path: '/api/exports/:id', least: 'operator', camera: exportedCamera },
  { method: 'DELETE', path: '/api/clips/:id', least: 'operator', camera: (id) => storedPlace('clip', id)?.cameraId },
  {
    method: 'DELETE',
    path: '/api/snapshots/:id',
    least: 'operator',
    camera: (id) => storedPlace('snapshot', id)?.cameraId,
  },
  { method: 'POST', path: '/api/cameras/:id/test', least: 'admin', camera: itself },
  { method: 'POST', path: '/api/camera-test', least: 'admin' },
  { method: 'GET', path: '/api/health', least: 'admin' },
  { method: 'GET', path: '/api/users', least: 'admin' },
  { method: 'POST', path: '/api/users', least: 'admin' },
  { method: 'DELETE', path: '/api/users/:name', least: 'admin' },
  { method: 'GET', path: '/api/tokens', least: 'admin' },
  { method: 'POST', path: '/api/tokens', least: 'admin' },
  { method: 'DELETE', path: '/api/tokens/:id', least: 'admin' },
  { method: 'GET', path: '/api/storage', least: 'admin' },
  { method: 'GET', path: '/metrics', least: 'admin' },
  { method: 'GET', path: '/health/ready', least: 'admin' },
];

/** The pages of apps/console-web, their files, and the addresses inside them: they tell nothing of any camera. */
const APP_FILES = /^\/app(?:\/[a-z0-9_-][a-z0-9_.-]*)*\/?$/i;
/** The page's own files: they tell nothing of any camera. */
const PAGE_FILES = /^\/(?:[a-z][a-z-]*\.(?:js|css|html|svg)|vendor\/hls\.min\.js)?$/;

const compiled = ROUTE_RIGHTS.map((right) => ({
  right,
  pattern: new RegExp(`^${right.path.replaceAll('.', '\\.').replace(/:\w+/g, '([^/]+)').replace(/\*\w+/g, '(.+)')}$`),
}));

/** What a request needs. `camera`: what the path names as one, as an object, so that no name is a name too. */
export interface Needed {
  least: Role;
  camera?: { id: string | undefined; text: string };
}

/** Undefined for a route that is not in the table, and for a path that nobody can decode. */
export function neededFor(method: string, path: string): Needed | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  if (asked === 'GET' && (PAGE_FILES.test(path) || APP_FILES.test(path))) return { least: 'viewer' };
  for (const { right, pattern } of compiled) {
    const found = right.method === asked ? pattern.exec(path) : null;
    if (!found) continue;
    const { least, camera } = right;
    if (!camera) return { least };
    const text = decoded(found.at(-1) ?? '');
    return text === undefined ? undefined : { least, camera: { id: camera(text), text } };
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
