// Starts one built recorder on the streams of several cameras, for the specs in streams/, and reads what it recorded.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listSegments, newestFragment, readGaps, type Gap, type Segment } from '@vr/footage';
import {
  readPictures,
  readTruth,
  startCamera,
  startLink,
  startWorker,
  temporaryFolder,
  until,
  type Camera,
  type Link,
  type TemporaryFolder,
  type TruthSample,
  type WorkerProcess,
} from '@vr/testing';

/** The contract wants p99 under 120 ms for a camera that holds no pictures back. */
export const LATE_MS = 120;

interface ConfiguredCamera {
  id: string;
  url: string;
  transport?: string;
  audio?: string;
}

/** Start its cameras and links, call `record`, then `end`. */
export class RecordedStreams {
  private cameras: Camera[] = [];
  private links: Link[] = [];
  private running: { folder: TemporaryFolder; worker: WorkerProcess } | undefined;

  async camera(options?: Parameters<typeof startCamera>[0]): Promise<Camera> {
    const started = await startCamera(options);
    this.cameras.push(started);
    return started;
  }

  async link(options: Parameters<typeof startLink>[0]): Promise<Link> {
    const started = await startLink(options);
    this.links.push(started);
    return started;
  }

  async record(configured: readonly ConfiguredCamera[], settings: Record<string, string> = {}): Promise<void> {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'cameras.yaml');
    await writeFile(file, JSON.stringify({ cameras: configured })); // JSON is YAML too
    const worker = await startWorker('recorder', {
      CAMERAS_FILE: file,
      RECORDINGS_DIR: folder.path,
      NATS_URL: 'nats://127.0.0.1:9',
      ...settings,
    });
    this.running = { folder, worker };
  }

  get worker(): WorkerProcess {
    return this.recorder.worker;
  }

  segments(id: string): Promise<Segment[]> {
    return listSegments(this.recorder.folder.path, id);
  }

  gaps(id: string): Promise<Gap[]> {
    return readGaps(this.recorder.folder.path, id, 0, Date.UTC(2100, 0));
  }

  /** Resolves once every camera has this much more footage than it had at the call. */
  async grown(ids: readonly string[], ms: number): Promise<void> {
    await Promise.all(ids.map((id) => this.grownOne(id, ms)));
  }

  /** The log's lines about ends of this camera's runs. */
  ended(id: string): string[] {
    return this.worker.logs.filter((line) => line.includes(id) && line.includes('stream ended'));
  }

  async end(): Promise<void> {
    await this.running?.worker.stop();
    for (const each of this.links) each.close();
    for (const each of this.cameras) await each.stop();
    await this.running?.folder.remove();
  }

  private get recorder(): { folder: TemporaryFolder; worker: WorkerProcess } {
    if (!this.running) throw new Error('call record() first');
    return this.running;
  }

  private async grownOne(id: string, ms: number): Promise<void> {
    const { path } = this.recorder.folder;
    const endOf = async (): Promise<number | undefined> => (await newestFragment(path, id))?.piece.endMs;
    const from = await until(endOf, { what: `footage of ${id}`, deadlineMs: 30_000 });
    await until(async () => ((await endOf()) ?? 0) >= from + ms, {
      what: `${ms} ms more of ${id}`,
      deadlineMs: ms + 30_000,
    });
  }
}

/**
 * Sorts pictures by their instants. When the recorder is told to stop, it may cut the last group of B-frames in two.
 * Therefore `cutEnd` pictures at the end do not count.
 */
export function shown(truth: readonly TruthSample[], cutEnd = 0): TruthSample[] {
  const sorted = [...truth].sort((a, b) => a.frame - b.frame);
  return cutEnd > 0 ? sorted.slice(0, -cutEnd) : sorted;
}

/** The stamp of each picture as a player shows it, minus the instant that the picture shows. */
export async function stampErrors(segment: Segment): Promise<{ errorsMs: number[]; lost: number }> {
  const truth = shown(await readTruth(segment.path));
  const pictures = await readPictures(segment.path);
  const errorsMs = pictures.map(({ ptsSeconds }, i) => segment.startMs + ptsSeconds * 1000 - (truth[i]?.wallMs ?? NaN));
  return { errorsMs, lost: truth.length - pictures.filter(({ ok }) => ok).length };
}
