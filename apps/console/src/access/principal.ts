/** Who asks, and what he may see. The gate finds out once; whoever answers asks here. */
import type { CameraId } from '@vr/contracts';
import type { Request } from 'express';

/** What a person or a program may do. Each may do what those before it may. */
const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  /** `open`: nothing is set up that could tell people apart. `stranger`: nobody looked, because the route is open. */
  kind: 'user' | 'token' | 'share' | 'open' | 'stranger';
  name: string;
  role: Role | undefined;
  cameras: '*' | readonly CameraId[];
  /** Also of cameras that do not exist: who sees some cameras sees no others, whatever their names. */
  readonly sees: (cameraId: string) => boolean;
  /** Of a browser that signed in by name. */
  readonly session?: { token: string; csrf: string };
}

const STRANGER: Principal = { kind: 'stranger', name: 'anyone', role: undefined, cameras: [], sees: () => false };
export const OPEN: Principal = { kind: 'open', name: 'anyone', role: 'admin', cameras: '*', sees: () => true };
/** Whoever has CONSOLE_API_TOKEN. */
export const TOKEN_HOLDER: Principal = { kind: 'token', name: 'token', role: 'admin', cameras: '*', sees: () => true };

const principals = new WeakMap<object, Principal>();

export function rememberPrincipal(request: Request, principal: Principal): void {
  principals.set(request, principal);
}

export function principalOf(request: Request): Principal {
  return principals.get(request) ?? STRANGER;
}

export function mayDo({ role }: Pick<Principal, 'role'>, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least);
}
