import { Inject, Injectable } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import { confinedPath, errorText, joinNames, listFolder, openPlainFile, toSeconds } from '@vr/base';
import {
  ContractError,
  ERROR_CODES,
  exportedCamera,
  exportId,
  exportIdOf,
  exportJob,
  exportQueueName,
  exportRecord,
  EXPORTS_FOLDER,
  readPayload,
  type CameraId,
  type ErrorCode,
  type ExportJob,
  type ExportRecord,
  type ExportsAnswer,
  type ExportView,
} from '@vr/contracts';
import { isNoFile } from '@vr/footage';
import { readRecord } from '@vr/library';
import { QueueFactory, type JobQueue, type SeenJob } from '@vr/queue';
import { CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';

/** So many exports may wait. More would only fill a disk that nobody looks at. */
const MOST_WAITING = 20;
const MOST_SHOWN = 200;
const RETRY_MS = 60_000;

/** Exports: what is being made lies in the queue, what is made lies on the disk. Without Redis the second is there. */
@Injectable()
export class ExportShelf {
  private readonly queue: JobQueue<ExportJob>;

  constructor(
    @Inject(QueueFactory) factory: QueueFactory,
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'CLIPS_DIR' | 'NODE_ID'>,
  ) {
    this.queue = factory.queue<ExportJob>(exportQueueName(config.NODE_ID));
  }

  /** The export of this range: the one that is there or on its way, else a new one. */
  async ask(cameraId: CameraId, startMs: number, endMs: number): Promise<ExportView> {
    const id = exportIdOf(cameraId, startMs, endMs);
    const made = await this.made(id);
    if (made) return viewOfMade(made);
    return this.withQueue(async () => {
      const open = (await this.queue.open(MOST_SHOWN)).filter(({ state }) => state !== 'failed');
      if (open.length >= MOST_WAITING && !open.some((job) => job.id === id))
        throw new ContractError('too_many_requests', `wanted at most ${MOST_WAITING} exports on their way`, {
          retryAfterMs: RETRY_MS,
        });
      await this.queue.add(id, id, { exportId: id, cameraId, startMs, endMs });
      const job = await this.queue.look(id);
      return (job && viewOfJob(job)) ?? waiting({ exportId: id, cameraId, startMs, endMs });
    });
  }

  /** The newest first. */
  async list(sees: (cameraId: string) => boolean): Promise<ExportsAnswer> {
    const folder = await this.folder();
    const ids = (await listFolder(folder)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
    const made = await Promise.all(ids.map((id) => this.made(id)));
    const done = made.flatMap((record) => (record ? [viewOfMade(record)] : []));
    let open: ExportView[] = [];
    let trouble: string | undefined;
    try {
      open = await this.beingMade();
    } catch (error) {
      trouble = `exports that are being made are not shown: ${errorText(error)}`;
    }
    const shown = [...done, ...open.filter((view) => !done.some(({ export_id: id }) => id === view.export_id))];
    shown.sort((a, b) => (b.created_at ?? 0) - (a.created_at ?? 0));
    const seen = shown.filter(({ camera_id: camera }) => sees(camera));
    return { exports: seen.slice(0, MOST_SHOWN), trouble };
  }

  /** What the queue holds: also what failed. Throws where Redis is away. */
  async beingMade(): Promise<ExportView[]> {
    return (await this.queue.open(MOST_SHOWN)).flatMap((job) => viewOfJob(job) ?? []);
  }

  /** Throws `not_found`. */
  async find(id: string): Promise<ExportView> {
    const made = await this.made(id);
    if (made) return viewOfMade(made);
    const named = exportId.safeParse(id);
    const job = named.success ? await this.withQueue(() => this.queue.look(id)) : undefined;
    const view = job && viewOfJob(job);
    if (view) return view;
    throw notFound(id);
  }

  /** Ends an export that is not made yet. */
  async cancel(id: string): Promise<void> {
    await this.withQueue(async () => {
      const job = await this.queue.look(id);
      if (!job || !viewOfJob(job)) throw notFound(id);
      await this.queue.takeOutOrTell(id, { ...exportJob.parse(job.data), cancelled: true });
    });
  }

  /** Undefined where there is no whole export of this id. */
  async made(id: string): Promise<ExportRecord | undefined> {
    if (!exportId.safeParse(id).success) return undefined;
    const record = await readRecord(joinNames(await this.folder(), `${id}.json`), (content) =>
      readPayload(exportRecord, content),
    );
    return record?.export_id === id ? record : undefined;
  }

  /** The file of an export, open for reading. Whoever gets it closes it. Throws `not_found`. */
  async open(id: string): Promise<FileHandle> {
    if (!(await this.made(id))) throw notFound(id);
    try {
      return await openPlainFile(joinNames(await this.folder(), `${id}.mp4`));
    } catch (error) {
      if (isNoFile(error)) throw notFound(id);
      throw error;
    }
  }

  private folder(): Promise<string> {
    return confinedPath(this.config.CLIPS_DIR, EXPORTS_FOLDER);
  }

  private async withQueue<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ContractError) throw error;
      throw new ContractError('storage_unavailable', `the queue of exports does not answer: ${errorText(error)}`, {
        cause: error,
        retryAfterMs: RETRY_MS,
      });
    }
  }
}

function viewOfMade({ gaps, ...record }: ExportRecord): ExportView {
  return { ...record, gaps, state: 'ready', file_path: `/api/exports/${record.export_id}/file` };
}

function waiting({ exportId: id, cameraId, startMs, endMs }: ExportJob): ExportView {
  return { export_id: id, camera_id: cameraId, start: toSeconds(startMs), end: toSeconds(endMs), state: 'waiting' };
}

/** Undefined for a job that is none of ours, that is done (the disk tells), or that was cancelled and is over. */
function viewOfJob({ data, state, progress, failedReason, createdMs }: SeenJob): ExportView | undefined {
  const read = exportJob.safeParse(data);
  if (!read.success || state === 'completed') return undefined;
  const view = { ...waiting(read.data), created_at: toSeconds(createdMs) };
  const isCancelled = read.data.cancelled === true;
  if (state === 'failed') return isCancelled ? undefined : { ...view, state: 'failed', ...reasonOf(failedReason) };
  if (isCancelled) return { ...view, state: 'cancelling' };
  if (state !== 'active') return view;
  return { ...view, state: 'making', percent: typeof progress === 'number' ? Math.min(100, Math.round(progress)) : 0 };
}

/** The clipper says the code first: `no_footage: camera cam_1 has ...`. */
function reasonOf(failedReason: string | undefined): { code: ErrorCode; message: string } {
  const [, said, message] = /^([a-z_]+): (.*)$/s.exec(failedReason ?? '') ?? [];
  const code = ERROR_CODES.find((one) => one === said);
  if (code === undefined || message === undefined)
    return { code: 'internal', message: 'The export did not succeed; the clipper’s log has the reason.' };
  return { code, message };
}

function notFound(id: string): ContractError {
  const camera = exportedCamera(id);
  return new ContractError('not_found', `there is no such export${camera ? ` of ${camera}` : ''}, or not any more`);
}
