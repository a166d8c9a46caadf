import { ContractError, type UserView } from '@vr/contracts';
import type { ApiTokens } from './api-tokens';
import { isPassword } from './password';
import type { Principal } from './principal';
import { cookiesOf } from './credentials';
import { csrfOf, USER_COOKIE, type Sessions } from './sessions';
import type { StoredUser, Users } from './users';

/** People who sign in by name, by their password and later by their cookie, and programs, by their token. */
export class Accounts {
  constructor(
    readonly users: Users,
    readonly sessions: Sessions,
    readonly tokens: ApiTokens,
  ) {}

  principalOf(cookies: string | undefined): Principal | undefined {
    for (const token of cookiesOf(cookies, USER_COOKIE)) {
      const user = this.sessions.userOf(token);
      if (user) return principalOfUser(user, token);
    }
    return undefined;
  }

  principalOfToken(token: string): Principal | undefined {
    const known = this.tokens.find(token);
    return known && { kind: 'token', name: `token ${known.name}`, ...rightsOf(known) };
  }

  /** @param address where the browser asks from */
  async enter(
    name: string,
    password: string,
    address: string,
  ): Promise<{ principal: Principal; session: string } | undefined> {
    const user = this.users.find(name);
    if (!(await isPassword(password, user?.password)) || !user) return undefined;
    const session = await this.sessions.begin(user, address);
    return { principal: principalOfUser(user, session), session };
  }
}

function principalOfUser(user: StoredUser, token: string): Principal {
  return { kind: 'user', name: user.name, ...rightsOf(user), session: { token, csrf: csrfOf(token) } };
}

function rightsOf({ role, cameras }: UserView): Pick<Principal, 'role' | 'cameras' | 'sees'> {
  return {
    role,
    cameras: role === 'admin' ? '*' : cameras,
    sees: (cameraId) => role === 'admin' || cameras === '*' || cameras.some((seen) => seen === cameraId),
  };
}

/** Throws where somebody is given what no role has. */
export function checkRights({ role, cameras }: Pick<UserView, 'role' | 'cameras'>): void {
  if (role === 'admin' && cameras !== '*')
    throw new ContractError('invalid_payload', 'cameras: wanted "*", because an admin sees all cameras');
}

/** Throws where the console has none. */
export function accountsOf({ accounts }: { accounts?: Accounts | undefined }): Accounts {
  if (accounts) return accounts;
  throw new ContractError('conflict', 'this needs USERS_FILE: set it to a path that the console may write');
}
