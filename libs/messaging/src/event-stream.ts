import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EVENT_STREAM, SUBJECTS } from '@vr/contracts';
import type { Logger } from '@vr/service';
import type { NatsLink } from './link';
import { ensureStream } from './stream';

const API_DEADLINE_MS = 5000;

/**
 * Any worker makes sure that the event stream exists, because an event published before that is lost. So the clipper
 * may start last, or be down while NATS comes back without its data.
 */
export function keepEventStream(link: NatsLink, logger: Pick<Logger, 'debug'>): void {
  const ensure = async (connection: NatsConnection): Promise<void> => {
    try {
      await ensureStream(
        await jetstreamManager(connection, { checkAPI: false, timeout: API_DEADLINE_MS }),
        EVENT_STREAM,
        SUBJECTS.event,
      );
    } catch (error) {
      // There is no JetStream, or no permission. Whoever reads the stream says so, and tries again.
      logger.debug({ err: error }, 'the event stream cannot be made sure of');
    }
  };
  link.on('up', (connection) => void ensure(connection));
}
