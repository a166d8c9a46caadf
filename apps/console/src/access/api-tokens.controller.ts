import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { payloadReader, userFields, type ApiTokenMadeAnswer, type ApiTokenView } from '@vr/contracts';
import { CLOCK } from '@vr/service';
import type { Request, Response } from 'express';
import { AccessAudit } from './access-audit';
import { accountsOf, checkRights } from './accounts';
import { Doorkeeper } from './doorkeeper';
import { principalOf } from './principal';

const readToken = payloadReader(userFields, ({ name, role, cameras }) => ({ name, role, cameras }));

/** The tokens that programs have. CONSOLE_API_TOKEN is none of them: it comes and goes with the configuration. */
@Controller('api/tokens')
export class ApiTokensController {
  constructor(
    @Inject(Doorkeeper) private readonly doorkeeper: Doorkeeper,
    @Inject(AccessAudit) private readonly audit: AccessAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get()
  list(): { tokens: ApiTokenView[] } {
    return { tokens: accountsOf(this.doorkeeper).tokens.list() };
  }

  @Post()
  @HttpCode(201)
  async make(
    @Body() body: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ApiTokenMadeAnswer> {
    const { tokens } = accountsOf(this.doorkeeper);
    const wanted = readToken(body, this.clock.nowMs());
    checkRights(wanted);
    const principal = principalOf(request);
    const { view, token } = await tokens.make(wanted, principal.name);
    await this.audit.write(principal, request, 'token_made', `${view.token_id} ${view.name}`);
    response.set('Cache-Control', 'no-store');
    return { ...view, token };
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Param('id') id: string, @Req() request: Request): Promise<void> {
    const name = await accountsOf(this.doorkeeper).tokens.revoke(id);
    await this.audit.write(principalOf(request), request, 'token_revoked', `${id} ${name}`);
  }
}
