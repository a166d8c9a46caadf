import { Inject, Injectable } from '@nestjs/common';
import { ContractError, type ExportView, type LiveMessage } from '@vr/contracts';
import { Shutdown } from '@vr/service';
import { LiveNews } from '../live/live-news';
import { ExportShelf } from './export-shelf';

const LOOK_EVERY_MS = 1000;

/** Tells pages how far exports are. While no page is open it asks nobody. */
@Injectable()
export class ExportNews {
  /** What was told last, by export. */
  private readonly told = new Map<string, Pick<ExportView, 'camera_id' | 'state' | 'percent'>>();
  private readonly timer: NodeJS.Timeout;
  private isLooking = false;

  constructor(
    @Inject(ExportShelf) private readonly shelf: Pick<ExportShelf, 'beingMade' | 'find'>,
    @Inject(LiveNews) private readonly news: LiveNews,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    shutdown.register('intake', 'news of exports', () => clearInterval(this.timer));
  }

  /** Somebody asked for this one: pages are told of its end, also where it comes before we look. */
  expect(view: ExportView): void {
    if (this.news.isHeard && view.state !== 'ready') this.tell(view);
  }

  private async look(): Promise<void> {
    if (!this.news.isHeard) this.told.clear();
    if (!this.news.isHeard || this.isLooking) return;
    this.isLooking = true;
    try {
      const open = await this.shelf.beingMade();
      for (const view of open) this.tell(view);
      for (const [id, { camera_id: cameraId }] of this.told)
        if (!open.some(({ export_id: other }) => other === id)) await this.tellEnd(id, cameraId);
    } catch {
      // Without Redis nothing is being made. `GET /api/exports` says so, and readiness does.
    } finally {
      this.isLooking = false;
    }
  }

  private tell({ export_id: id, camera_id, state, percent }: ExportView): void {
    const before = this.told.get(id);
    if (before?.state === state && before.percent === percent) return;
    this.told.set(id, { camera_id, state, percent });
    this.news.tell({ op: 'job', export_id: id, camera_id, state, percent });
  }

  /** It is no job any more: made, or gone. */
  private async tellEnd(id: string, cameraId: ExportView['camera_id']): Promise<void> {
    const end: LiveMessage = { op: 'job', export_id: id, camera_id: cameraId, state: 'gone' };
    try {
      const { state } = await this.shelf.find(id);
      this.news.tell({ ...end, state });
    } catch (error) {
      if (!(error instanceof ContractError && error.code === 'not_found')) throw error;
      this.news.tell(end);
    }
    this.told.delete(id);
  }
}
