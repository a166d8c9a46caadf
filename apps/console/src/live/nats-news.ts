import { Inject, Injectable } from '@nestjs/common';
import { RateLimit, toSeconds, type Clock } from '@vr/base';
import {
  cameraStatus,
  clipReady,
  ContractError,
  nameEvent,
  readDetectorEvent,
  readPayload,
  SUBJECTS,
  type LiveMessage,
} from '@vr/contracts';
import { CoreReader, NatsLink, parseBody } from '@vr/messaging';
import { CameraRoster, CLOCK, LOGGER, Shutdown, type Logger } from '@vr/service';
import { LiveNews } from './live-news';

/** Detectors may send what they like. Pages are told of so many events of a camera. */
const EVENTS_PER_MINUTE = 60;

interface Heard {
  subject: string;
  payload: unknown;
}

/**
 * Tells pages what other workers and detectors say. It only listens in: it answers nothing and acknowledges nothing,
 * and what cannot be read is for the worker that it is meant for to complain of.
 */
@Injectable()
export class NatsNews {
  private readonly events: RateLimit;

  constructor(
    @Inject(NatsLink) link: NatsLink,
    @Inject(LiveNews) private readonly news: LiveNews,
    @Inject(CameraRoster) private readonly roster: Pick<CameraRoster, 'find'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Pick<Logger, 'warn'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    this.events = new RateLimit(clock, EVENTS_PER_MINUTE);
    const follow = (subject: string, read: (heard: Heard) => LiveMessage | undefined): void => {
      const hear = ({ subject: sentTo, data }: { subject: string; data: Uint8Array }): void =>
        this.hear(sentTo, data, read);
      const reader = new CoreReader(link, subject, undefined, hear, logger);
      reader.start();
      shutdown.register('intake', `news of ${subject}`, () => reader.stop());
    };
    follow(SUBJECTS.status, ({ payload }) => ({ op: 'state', ...readPayload(cameraStatus, payload) }));
    follow(SUBJECTS.event, (heard) => this.event(heard));
    follow(SUBJECTS.clipReady, ({ payload }) => {
      const { camera_id, clip_id, event_id, event_type, timestamp: at, partial } = readPayload(clipReady, payload);
      return { op: 'clip', camera_id, clip_id, event_id, event_type, at, partial };
    });
  }

  private hear(subject: string, body: Uint8Array, read: (heard: Heard) => LiveMessage | undefined): void {
    if (!this.news.isHeard) return;
    try {
      const news = read({ subject, payload: parseBody(body) });
      // Several nodes may share a NATS server.
      if (news && 'camera_id' in news && this.roster.find(news.camera_id)) this.news.tell(news);
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
    }
  }

  private event({ subject, payload }: Heard): LiveMessage | undefined {
    const nowMs = this.clock.nowMs();
    const event = readDetectorEvent(payload, nowMs);
    if (!this.roster.find(event.cameraId) || this.events.waitMs(event.cameraId) > 0) return undefined;
    this.events.take(event.cameraId);
    const { eventId, eventType, atMs } = nameEvent(subject, event, { atMs: nowMs, mark: '' });
    return {
      op: 'event',
      camera_id: event.cameraId,
      event_id: eventId,
      event_type: eventType,
      at: toSeconds(atMs),
    };
  }
}
