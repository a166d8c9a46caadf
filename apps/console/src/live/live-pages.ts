import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';
import type { Clock } from '@vr/base';
import { ContractError, LIVE_CLOSE, LIVE_MESSAGE_BYTES } from '@vr/contracts';
import { CameraRoster, CLOCK, LOGGER, Shutdown, type Logger } from '@vr/service';
import type { Request, Response } from 'express';
import { WebSocketServer } from 'ws';
import { Doorkeeper } from '../access/doorkeeper';
import { ViewingAudit } from '../audit/viewing-audit';
import { CamerasService } from '../cameras/cameras-service';
import { LiveNews } from './live-news';
import { LivePage } from './live-page';
import { LiveTailsOfConsole } from './live-tails';
import { StillFeeds } from './still-feeds';
import { Upgrades } from './upgrades';

const MOST_PAGES = 200;
const TICK_MS = 1000;
/** In ticks. */
const JUDGE_EVERY = 5;
const PING_EVERY = 20;
/** A page that does not answer our close is cut off. */
const CLOSE_WITHIN_MS = 1000;

/** All pages with an open socket, and what is done for each of them now and then. */
@Injectable()
export class LivePages implements OnModuleInit {
  private readonly pages = new Set<LivePage>();
  private readonly sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: LIVE_MESSAGE_BYTES,
    perMessageDeflate: false, // media does not become smaller
  });
  private upgrades: Upgrades | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ticks = 0;
  private isEnding = false;

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<ExpressAdapter>,
    @Inject(Doorkeeper) private readonly doorkeeper: Pick<Doorkeeper, 'stillHolds'>,
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(CamerasService) private readonly cameras: CamerasService,
    @Inject(LiveTailsOfConsole) private readonly tails: LiveTailsOfConsole,
    @Inject(LiveNews) private readonly news: LiveNews,
    @Inject(StillFeeds) private readonly stills: StillFeeds,
    @Inject(ViewingAudit) private readonly audit: ViewingAudit,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    shutdown.register('intake', 'live pages', () => this.end());
  }

  onModuleInit(): void {
    const { httpAdapter } = this.host;
    this.upgrades = new Upgrades(httpAdapter.getHttpServer(), httpAdapter.getInstance());
  }

  get count(): number {
    return this.pages.size;
  }

  /** The gate has let the request in. Throws where it asks for no WebSocket, or there are too many. */
  accept(request: Request, response: Response): void {
    if (this.isEnding || this.pages.size >= MOST_PAGES)
      throw new ContractError('too_many_requests', `wanted at most ${MOST_PAGES} pages at once`, {
        retryAfterMs: 5000,
      });
    const upgrade = this.upgrades?.take(request, response);
    if (!upgrade) throw new ContractError('invalid_payload', 'wanted a WebSocket: a request with Upgrade: websocket');
    this.sockets.handleUpgrade(request, upgrade.socket, upgrade.head, (socket) => {
      const page = new LivePage(socket, {
        tails: this.tails,
        stills: this.stills,
        cameras: this.cameras,
        roster: this.roster,
        clock: this.clock,
        news: this.news,
        failed: (error) => this.logger.error({ err: error }, 'a live page gets no answer'),
        principal: () => this.doorkeeper.stillHolds(request),
        viewed: (id) => this.audit.viewed(request, { what: `live of ${id}`, kind: 'footage', camera_id: id }),
      });
      this.pages.add(page);
      this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
      socket.on('close', () => {
        this.pages.delete(page);
        if (this.pages.size > 0) return;
        clearInterval(this.timer);
        this.timer = undefined;
      });
      page.welcome();
    });
  }

  private tick(): void {
    this.ticks += 1;
    for (const page of this.pages) {
      page.check();
      if (this.ticks % JUDGE_EVERY === 0) page.judge();
      if (this.ticks % PING_EVERY === 0) page.ping();
    }
  }

  private async end(): Promise<void> {
    this.isEnding = true;
    clearInterval(this.timer);
    for (const page of this.pages) page.close(LIVE_CLOSE.goingAway, 'the console ends');
    const cut = setTimeout(() => this.sockets.clients.forEach((socket) => socket.terminate()), CLOSE_WITHIN_MS);
    await new Promise((resolve) => this.sockets.close(resolve));
    clearTimeout(cut);
  }
}
