import { Controller, Delete, Get, HttpCode, Inject, Param, Req } from '@nestjs/common';
import type { SessionView } from '@vr/contracts';
import type { Request } from 'express';
import { AccessAudit } from './access-audit';
import { accountsOf } from './accounts';
import { Doorkeeper } from './doorkeeper';
import { principalOf, type Principal } from './principal';

/** Where people are signed in: one's own sessions, and for admins all of them. */
@Controller('api/sessions')
export class SessionsController {
  constructor(
    @Inject(Doorkeeper) private readonly doorkeeper: Doorkeeper,
    @Inject(AccessAudit) private readonly audit: AccessAudit,
  ) {}

  @Get()
  list(@Req() request: Request): { sessions: SessionView[] } {
    const { sessions } = accountsOf(this.doorkeeper);
    const principal = principalOf(request);
    return { sessions: sessions.list(reachOf(principal), principal.session?.token) };
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Param('id') id: string, @Req() request: Request): Promise<void> {
    const { sessions } = accountsOf(this.doorkeeper);
    const principal = principalOf(request);
    const user = await sessions.revoke(id, reachOf(principal));
    await this.audit.write(principal, request, 'session_revoked', `${id} of ${user}`);
  }
}

/** Whose sessions these are for the principal: undefined for everybody's. The name of a token is no user's. */
function reachOf({ role, name }: Principal): string | undefined {
  return role === 'admin' ? undefined : name;
}
