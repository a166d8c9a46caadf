import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { HealthAnswer } from '@vr/contracts';
import type { Response } from 'express';
import { viewerGone } from '../http/viewer-gone';
import { WorkersHealth } from './workers-health';

@Controller('api/health')
export class HealthController {
  constructor(@Inject(WorkersHealth) private readonly workers: WorkersHealth) {}

  @Get()
  all(@Res({ passthrough: true }) response: Response): Promise<HealthAnswer> {
    return this.workers.all(viewerGone(response));
  }
}
