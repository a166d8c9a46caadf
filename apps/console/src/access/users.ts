import { watchFile, unwatchFile } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { errorText, Limiter, readSmallFile, replaceFile } from '@vr/base';
import { ContractError, userFields, type UserView } from '@vr/contracts';
import type { Logger } from '@vr/service';
import { z } from 'zod';
import { hashOf, passwordHash } from './password';

const FILE_BYTES = 1024 * 1024;
const LOOK_EVERY_MS = 1000;

const storedUser = z.object({ ...userFields, password: passwordHash });
const storedUsers = z.object({ users: z.array(storedUser).max(1000) });
export type StoredUser = z.infer<typeof storedUser>;

/**
 * The people of USERS_FILE. It is read again when it changes. A file that is wrong leaves the users as they were; at
 * start it leaves none, and CONSOLE_API_TOKEN still opens the console.
 */
export class Users {
  private users: readonly StoredUser[] = [];
  /** Why the file cannot be used. */
  private fault: string | undefined;
  private readonly turns = new Limiter(1);
  private readonly look = (): void => void this.read();

  private constructor(
    private readonly path: string,
    private readonly logger: Pick<Logger, 'error' | 'info'>,
  ) {}

  /** @param firstPassword the first admin's, where there is no file yet */
  static async open(path: string, logger: Pick<Logger, 'error' | 'info'>, firstPassword: () => string): Promise<Users> {
    const users = new Users(path, logger);
    const isThere = await users.read();
    if (!isThere && users.fault === undefined)
      await users.put({ name: 'admin', role: 'admin', cameras: '*', password: firstPassword() });
    watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, users.look);
    return users;
  }

  close(): void {
    unwatchFile(this.path, this.look);
  }

  find(name: string): StoredUser | undefined {
    return this.users.find((user) => user.name === name);
  }

  list(): UserView[] {
    return this.users.map(({ name, role, cameras }) => ({ name, role, cameras }));
  }

  /** Makes the user, or gives one a new password, role or cameras. */
  async put({ password, ...user }: UserView & { password: string }): Promise<void> {
    const stored = { ...user, password: await hashOf(password) };
    await this.change((users) => [...users.filter(({ name }) => name !== user.name), stored]);
  }

  /** Throws `not_found`. */
  async remove(name: string): Promise<void> {
    await this.change((users) => {
      if (!users.some((user) => user.name === name)) throw new ContractError('not_found', 'there is no such user');
      return users.filter((user) => user.name !== name);
    });
  }

  private change(next: (users: readonly StoredUser[]) => StoredUser[]): Promise<void> {
    return this.turns.run(async () => {
      await this.read();
      if (this.fault !== undefined)
        throw new ContractError(
          'conflict',
          'USERS_FILE is broken, and is not written over: the log says what is wrong',
        );
      const users = next(this.users);
      if (!users.some(({ role }) => role === 'admin'))
        throw new ContractError('conflict', 'one admin has to stay: make another one first');
      await mkdir(dirname(this.path), { recursive: true });
      const content = `${JSON.stringify({ users }, undefined, 2)}\n`;
      await replaceFile(this.path, content, {
        temporaryName: `.${basename(this.path)}.new`,
        isDurable: true,
        mode: 0o600,
      });
      this.users = users;
    });
  }

  /** Whether there is a file. */
  private async read(): Promise<boolean> {
    try {
      const text = await readSmallFile(this.path, FILE_BYTES);
      if (text === undefined) {
        // Somebody took it away: whoever is signed in keeps what he has until it is there again.
        this.fault = this.users.length > 0 ? 'it is gone' : undefined;
        return false;
      }
      this.users = storedUsers.parse(JSON.parse(text)).users;
      this.fault = undefined;
    } catch (error) {
      const told =
        error instanceof z.ZodError
          ? z.prettifyError(error)
          : error instanceof SyntaxError
            ? 'no JSON'
            : errorText(error);
      if (this.fault !== told)
        this.logger.error({ path: this.path, fault: told }, 'USERS_FILE is wrong: users stay as they were');
      this.fault = told;
    }
    return true;
  }
}
