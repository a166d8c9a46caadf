import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { ContractError, payloadReader, shareRequestFields, type ShareMadeAnswer, type ShareView } from '@vr/contracts';
import { CameraRoster, CLOCK, CONFIG, knownCamera, unknownCamera } from '@vr/service';
import type { Request } from 'express';
import { AccessAudit } from '../access/access-audit';
import { principalOf } from '../access/principal';
import type { ConsoleConfig } from '../config';
import { LONGEST_CLIP_MS } from '../footage/range-clips';
import { fieldsOf } from '../http/body';
import { checkLength } from '../http/query';
import { shareAddress, worksOutside } from './share-address';
import { Shares } from './shares';

const DAY_MS = 86_400_000;
const USUAL_MS = 7 * DAY_MS;
const LONGEST_MS = 366 * DAY_MS;

const readShareRequest = payloadReader(shareRequestFields, (read, message) => ({
  cameraId: read.camera_id,
  ...message.range(read),
  expiresMs: message.msIfThere(read.expires_at),
}));

/** Who makes and revokes links that need no account. What they show: share-page.controller.ts. */
@Controller('api/shares')
export class SharesController {
  constructor(
    @Inject(Shares) private readonly shares: Shares,
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(AccessAudit) private readonly audit: AccessAudit,
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'CONSOLE_PUBLIC_URL'>,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Get()
  list(@Req() request: Request): { shares: ShareView[] } {
    return { shares: this.shares.list(principalOf(request).sees) };
  }

  @Post()
  @HttpCode(201)
  async make(@Body() body: unknown, @Req() request: Request): Promise<ShareMadeAnswer> {
    const nowMs = this.clock.nowMs();
    const { camera_id, start, end, expires_at } = fieldsOf(body);
    const asked = readShareRequest({ camera_id, start, end, expires_at }, nowMs);
    const { cameraId, startMs, endMs, expiresMs = nowMs + USUAL_MS } = asked;
    const principal = principalOf(request);
    if (!principal.sees(cameraId)) throw unknownCamera(cameraId);
    knownCamera(this.roster, cameraId);
    checkLength({ startMs, endMs }, LONGEST_CLIP_MS);
    if (expiresMs <= nowMs || expiresMs > nowMs + LONGEST_MS)
      throw new ContractError('invalid_payload', 'expires_at: wanted a time within the next 366 days');
    const { share, token } = await this.shares.make({
      ...{ cameraId, startMs, endMs, expiresMs, createdBy: principal.name },
    });
    await this.audit.write(principal, request, 'share_made', `${share.share_id} of ${cameraId}`);
    const publicUrl = this.config.CONSOLE_PUBLIC_URL;
    return { ...share, url: shareAddress(publicUrl, request, token), works_outside: worksOutside(publicUrl) };
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Param('id') id: string, @Req() request: Request): Promise<void> {
    const principal = principalOf(request);
    const share = this.shares.named(id);
    if (!share || !principal.sees(share.cameraId)) throw new ContractError('not_found', 'there is no such share');
    await this.shares.revoke(share);
    await this.audit.write(principal, request, 'share_revoked', `${id} of ${share.cameraId}`);
  }
}
