import { toSeconds, RateLimit } from '@vr/base';
import {
  cameraStatus,
  ContractError,
  LIVE_CLOSE,
  liveRequest,
  readPayload,
  type ErrorCode,
  type LiveMessage,
} from '@vr/contracts';
import { knownCamera, unknownCamera, type CameraRoster } from '@vr/service';
import type { RawData, WebSocket } from 'ws';
import { mayAsk, mayHear } from '../access/live-rights';
import type { Principal } from '../access/principal';
import type { CamerasService } from '../cameras/cameras-service';
import type { LiveNews } from './live-news';
import { LiveWatch, type LiveOutput, type LiveSources, type WatchRequest } from './live-watch';

export interface LivePageParts extends LiveSources {
  roster: Pick<CameraRoster, 'find' | 'all'>;
  cameras: Pick<CamerasService, 'viewOf' | 'list'>;
  news: Pick<LiveNews, 'listen'>;
  /** Who asks, as of now. Undefined where the sign-in is over. */
  principal: () => Principal | undefined;
  /** Writes down that somebody looks at a camera. */
  viewed: (cameraId: string) => Promise<void>;
}

const MOST_WATCHES = 64;
const MESSAGES_PER_MINUTE = 600;
/** What may wait to be taken by the page. Above it, pictures are left out. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** Pings that may be without an answer. */
const MOST_PINGS = 3;

/** One page's socket: what it asks for, and what it is told. */
export class LivePage implements LiveOutput {
  private readonly watches = new Map<number, LiveWatch>();
  private readonly messages: RateLimit;
  private who: Principal | undefined;
  private unanswered = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly parts: LivePageParts,
  ) {
    this.who = parts.principal();
    this.messages = new RateLimit(parts.clock, MESSAGES_PER_MINUTE);
    socket.on('message', (data, isBinary) => this.heard(data, isBinary));
    socket.on('pong', () => (this.unanswered = 0));
    socket.on('error', () => socket.terminate());
    const leave = parts.news.listen((news) => this.tell(news));
    socket.on('close', () => {
      leave();
      this.endWatches();
    });
  }

  welcome(): void {
    this.tell({ op: 'hello', at: toSeconds(this.parts.clock.nowMs()) });
    this.tellStates().catch(this.parts.failed);
  }

  private async tellStates(): Promise<void> {
    const { who } = this;
    const views = await this.parts.cameras.list((id) => who?.sees(id) ?? false);
    for (const { id, since = toSeconds(this.parts.clock.nowMs()), ...view } of views)
      this.tell({ op: 'state', ...cameraStatus.parse({ ...view, camera_id: id, since }) });
  }

  get hasRoom(): boolean {
    return this.socket.bufferedAmount < MOST_WAITING_BYTES;
  }

  /** Says nothing to whom it does not concern. */
  tell(message: LiveMessage): void {
    if (this.socket.readyState === this.socket.OPEN && this.who && mayHear(this.who, message))
      this.socket.send(JSON.stringify(message));
  }

  /** One binary message of two parts: the bytes are the same for all pages, and are not copied. */
  send(head: Buffer, bytes: Buffer): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(head, { binary: true, fin: false });
    this.socket.send(bytes, { binary: true, fin: true });
  }

  /** Is asked every second. */
  check(): void {
    for (const watch of this.watches.values()) watch.check();
  }

  /** Whether the sign-in still holds, and for which cameras. */
  judge(): void {
    const who = this.parts.principal();
    if (!who) return this.close(LIVE_CLOSE.signedOut, 'the sign-in is over');
    this.who = who;
    for (const [id, watch] of this.watches) {
      if (who.sees(watch.cameraId)) continue;
      this.unwatch(id);
      this.stopped(id, unknownCamera(watch.cameraId));
    }
  }

  /** Ends the connection of a page that has not answered for long. */
  ping(): void {
    if (this.unanswered >= MOST_PINGS) return this.socket.terminate();
    this.unanswered += 1;
    this.socket.ping();
  }

  close(code: number, reason: string): void {
    this.endWatches();
    this.socket.close(code, reason);
  }

  private heard(data: RawData, isBinary: boolean): void {
    if (this.messages.waitMs('') > 0) return this.close(LIVE_CLOSE.misuse, 'too many messages');
    this.messages.take('');
    try {
      if (isBinary) throw new ContractError('invalid_payload', 'wanted text, got a binary message');
      const request = readPayload(liveRequest, parsed(data));
      if (request.op === 'unwatch') this.unwatch(request.id);
      else this.watch(request);
    } catch (error) {
      if (error instanceof ContractError) this.tell({ op: 'refused', code: error.code, message: error.message });
      else this.parts.failed(error);
    }
  }

  private watch(request: WatchRequest): void {
    const { id, camera_id: cameraId } = request;
    this.unwatch(id);
    try {
      if (!this.who || !mayAsk(this.who, request)) throw unknownCamera(cameraId);
      const camera = knownCamera(this.parts.roster, cameraId);
      if (this.watches.size >= MOST_WATCHES)
        throw new ContractError('too_many_requests', `wanted at most ${MOST_WATCHES} watches on a page`);
      const watch = new LiveWatch(request, camera, this.parts, this);
      this.watches.set(id, watch);
      this.parts.viewed(camera.id).then(() => watch.begin(), this.parts.failed);
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      this.stopped(id, error);
    }
  }

  private stopped(id: number, { code, message }: { code: ErrorCode; message: string }): void {
    this.tell({ op: 'stopped', id, code, message });
  }

  private unwatch(id: number): void {
    this.watches.get(id)?.end();
    this.watches.delete(id);
  }

  private endWatches(): void {
    for (const id of this.watches.keys()) this.unwatch(id);
  }
}

function parsed(data: RawData): unknown {
  try {
    return JSON.parse((Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString());
  } catch {
    throw new ContractError('invalid_payload', 'wanted JSON');
  }
}
