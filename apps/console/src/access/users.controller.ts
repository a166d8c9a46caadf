import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { payloadReader, userBody, type UserView } from '@vr/contracts';
import { CLOCK } from '@vr/service';
import type { Request } from 'express';
import { AccessAudit } from './access-audit';
import { accountsOf, checkRights } from './accounts';
import { Doorkeeper } from './doorkeeper';
import { principalOf } from './principal';
import type { Users } from './users';

const readUser = payloadReader(userBody.shape, ({ name, role, cameras, password }) => ({
  name,
  role,
  cameras,
  password,
}));

/** The people who sign in by name. */
@Controller('api/users')
export class UsersController {
  constructor(
    @Inject(Doorkeeper) private readonly doorkeeper: Doorkeeper,
    @Inject(AccessAudit) private readonly audit: AccessAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get()
  list(): { users: UserView[] } {
    return { users: this.users.list() };
  }

  /** Makes a user, or changes one: the new password ends the sessions of the old one. */
  @Post()
  @HttpCode(200)
  async put(@Body() body: unknown, @Req() request: Request): Promise<UserView> {
    const { password, ...user } = readUser(body, this.clock.nowMs());
    checkRights(user);
    await this.users.put({ ...user, password });
    await this.audit.write(principalOf(request), request, 'user_changed', user.name);
    return user;
  }

  @Delete(':name')
  @HttpCode(204)
  async remove(@Param('name') name: string, @Req() request: Request): Promise<void> {
    await this.users.remove(name);
    await this.audit.write(principalOf(request), request, 'user_deleted', name);
  }

  private get users(): Users {
    return accountsOf(this.doorkeeper).users;
  }
}
