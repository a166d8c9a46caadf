import { isPassword } from './password';
import type { Principal } from './principal';
import { cookiesOf } from './credentials';
import { csrfOf, USER_COOKIE, type Sessions } from './sessions';
import type { StoredUser, Users } from './users';

/** People who sign in by name: who they are by their password, and later by their cookie. */
export class Accounts {
  constructor(
    readonly users: Users,
    readonly sessions: Sessions,
  ) {}

  principalOf(cookies: string | undefined): Principal | undefined {
    for (const token of cookiesOf(cookies, USER_COOKIE)) {
      const user = this.sessions.userOf(token);
      if (user) return principal(user, token);
    }
    return undefined;
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
    return { principal: principal(user, session), session };
  }
}

function principal({ name, role, cameras }: StoredUser, token: string): Principal {
  return {
    kind: 'user',
    name,
    role,
    cameras: role === 'admin' ? '*' : cameras,
    sees: (cameraId) => role === 'admin' || cameras === '*' || cameras.some((seen) => seen === cameraId),
    session: { token, csrf: csrfOf(token) },
  };
}
