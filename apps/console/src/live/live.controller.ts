import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { LivePages } from './live-pages';

@Controller('api')
export class LiveController {
  constructor(@Inject(LivePages) private readonly pages: LivePages) {}

  /** Becomes a WebSocket. */
  @Get('live')
  live(@Req() request: Request, @Res() response: Response): void {
    this.pages.accept(request, response);
  }
}
