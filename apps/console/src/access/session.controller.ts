import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { ContractError, payloadReader, signInBody, type SessionAnswer } from '@vr/contracts';
import { CLOCK } from '@vr/service';
import type { Request, Response } from 'express';
import { AccessAudit } from './access-audit';
import { SESSION_COOKIE } from './credentials';
import { addressOf, Doorkeeper, type Verdict } from './doorkeeper';
import { principalOf, type Principal } from './principal';
import { LASTS_MS, USER_COOKIE } from './sessions';

const readSignIn = payloadReader(signInBody.shape, ({ user, password }) => ({ user, password }));

/** Signing in by name, and out. */
@Controller('api/session')
export class SessionController {
  constructor(
    @Inject(Doorkeeper) private readonly doorkeeper: Doorkeeper,
    @Inject(AccessAudit) private readonly audit: AccessAudit,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Post()
  @HttpCode(200)
  async begin(
    @Body() body: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionAnswer> {
    const { user, password } = readSignIn(body, this.clock.nowMs());
    const verdict = await this.doorkeeper.tryPassword(addressOf(request), user, password);
    if (!verdict.in || verdict.session === undefined) throw refusal(verdict);
    response.set('Cache-Control', 'no-store');
    setUserCookie(request, response, verdict.session);
    await this.audit.write(verdict.principal, request, 'sign_in', 'console');
    return answerOf(verdict.principal);
  }

  @Get()
  who(@Req() request: Request, @Res({ passthrough: true }) response: Response): SessionAnswer {
    response.set('Cache-Control', 'no-store');
    return answerOf(principalOf(request));
  }

  @Delete()
  @HttpCode(204)
  async end(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const principal = principalOf(request);
    response.clearCookie(USER_COOKIE);
    response.clearCookie(SESSION_COOKIE);
    if (!principal.session) return;
    await this.doorkeeper.accounts?.sessions.end(principal.session.token);
    await this.audit.write(principal, request, 'sign_out', 'console');
  }
}

export function setUserCookie(request: Request, response: Response, session: string): void {
  response.cookie(USER_COOKIE, session, {
    httpOnly: true,
    sameSite: 'strict',
    secure: request.secure,
    maxAge: LASTS_MS,
    encode: String,
  });
  // Who leaves must not be let in again by a token that somebody gave in this browser before.
  response.clearCookie(SESSION_COOKIE);
}

function refusal(verdict: Verdict): ContractError {
  const waitSeconds = verdict.in ? undefined : verdict.waitSeconds;
  if (waitSeconds === undefined) return new ContractError('unauthorized', 'the name or the password is wrong');
  return new ContractError(
    'too_many_requests',
    `too many wrong passwords came from this address, or for this name: wait ${waitSeconds} s`,
    {
      retryAfterMs: waitSeconds * 1000,
    },
  );
}

function answerOf({ name, role = 'viewer', cameras, session }: Principal): SessionAnswer {
  return { user: name, role, cameras: cameras === '*' ? cameras : [...cameras], csrf: session?.csrf };
}
