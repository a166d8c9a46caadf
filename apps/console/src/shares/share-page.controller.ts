import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ContractError } from '@vr/contracts';
import { Pictures } from '@vr/pictures';
import { CameraRoster, CONFIG } from '@vr/service';
import type { Request, Response } from 'express';
import { rememberPrincipal } from '../access/principal';
import { ViewingAudit } from '../audit/viewing-audit';
import type { ConsoleConfig } from '../config';
import { RangeClipAnswer } from '../footage/range-clip-answer';
import { viewerGone } from '../http/viewer-gone';
import { worksOutside } from './share-address';
import { endedPage, SHARE_PAGE_POLICY, sharePage } from './share-page';
import { Shares, type StoredShare } from './shares';

/** What a link shows to whoever has it: one range of one camera, and nothing else. */
@Controller('s')
export class SharePageController {
  constructor(
    @Inject(Shares) private readonly shares: Shares,
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(RangeClipAnswer) private readonly clips: RangeClipAnswer,
    @Inject(Pictures) private readonly pictures: Pick<Pictures, 'pictureAt'>,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'CONSOLE_PUBLIC_URL'>,
  ) {}

  @Get(':token')
  async page(@Param('token') token: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const share = this.open(token, request, response);
    if (!share) return;
    if (request.method === 'GET') this.shares.count(share);
    await this.audit.viewed(request, { what: `page of share ${share.id}`, camera_id: share.cameraId });
    const cameraName = this.roster.find(share.cameraId)?.name ?? share.cameraId;
    response
      .type('html')
      .send(
        sharePage(
          { ...share, cameraName, worksOutside: worksOutside(this.config.CONSOLE_PUBLIC_URL) },
          token,
          languageOf(request),
        ),
      );
  }

  @Get(':token/clip.mp4')
  async clip(@Param('token') token: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const share = this.open(token, request, response);
    if (!share) return;
    const { cameraId, startMs, endMs } = share;
    await this.clips.send(request, response, { cameraId, stream: 'main', startMs, endMs });
  }

  @Get(':token/poster.jpg')
  async poster(@Param('token') token: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const share = this.open(token, request, response);
    if (!share) return;
    const gone = viewerGone(response);
    try {
      const picture = await this.pictures.pictureAt(share.cameraId, share.startMs, 'small', gone);
      if (picture) response.type('jpeg').send(picture.jpeg);
      else throw new ContractError('no_footage', 'there is no footage of this range any more');
    } catch (error) {
      if (!gone.aborted) throw error;
    }
  }

  /** Undefined where the link does not work; the answer is then given. */
  private open(token: string, request: Request, response: Response): StoredShare | undefined {
    // The address is the secret: it goes to no other site, and into no cache or search engine.
    response.set({
      'Content-Security-Policy': SHARE_PAGE_POLICY,
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'private, no-store',
      'X-Robots-Tag': 'noindex',
    });
    const share = this.shares.find(token);
    const state = share && this.roster.find(share.cameraId) ? this.shares.stateOf(share) : 'unknown';
    if (share && state === 'open') {
      rememberPrincipal(request, {
        ...{ kind: 'share', name: `share ${share.id}`, role: undefined, cameras: [share.cameraId] },
        sees: (cameraId) => cameraId === share.cameraId,
      });
      return share;
    }
    response.status(state === 'unknown' ? 404 : 410).type('html');
    response.send(endedPage(state === 'unknown' ? 'unknown' : 'ended', languageOf(request)));
    return undefined;
  }
}

function languageOf(request: Request): 'en' | 'pt' {
  return String(request.acceptsLanguages('en', 'pt', 'pt-BR', 'pt-PT')).startsWith('pt') ? 'pt' : 'en';
}
