import { Inject, Injectable } from '@nestjs/common';
import type { Msg } from '@nats-io/transport-node';
import { ContractError, toErrorBody } from '@vr/contracts';
import { CONFIG, LOGGER, Shutdown, type Logger } from '@vr/service';
import { parsedBody } from './body';
import { CoreReader } from './core-reader';
import { inboxRule } from './inbox';
import { NatsLink } from './link';
import type { NatsConfig } from './nats-options';
import { Neighbours } from './neighbours';
import { Rejections } from './rejections';

/** One node of all takes a request that names no camera. */
const ONE_OF_ALL_NODES = 'video-recorder-unserved';

/**
 * Says to whoever waits for a reply that nobody serves his request. He gets one answer: from the node that has the
 * camera, from any one node where he names no camera, and none where the camera may be another node's.
 */
@Injectable()
export class UnservedRequests {
  private readonly readers: CoreReader[] = [];
  private readonly isInbox: (subject: string) => boolean;

  constructor(
    @Inject(NatsLink) private readonly link: NatsLink,
    @Inject(Neighbours) private readonly neighbours: Neighbours,
    @Inject(Rejections) private readonly rejections: Rejections,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) config: NatsConfig,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    this.isInbox = inboxRule(config.NATS_INBOX_PREFIX);
    shutdown.register('intake', 'requests that nobody serves', async () => {
      await Promise.all(this.readers.map((reader) => reader.stop()));
    });
  }

  /** `except`: subjects within the patterns that are served. `advice`: what to ask for instead. */
  answer(patterns: readonly string[], { except, advice }: { except: readonly string[]; advice: string }): void {
    for (const pattern of patterns) {
      const refuse = ({ namesCamera }: { namesCamera: boolean }) => {
        return (message: Msg): void => {
          if (!this.isInbox(message.reply ?? '') || except.includes(message.subject)) return;
          if (this.neighbours.names(parsedBody(message.data)) !== namesCamera) return;
          this.refuse(pattern, message, advice).catch((error: unknown) =>
            this.rejections.failed(pattern, message.subject, message.data, error, 'dropped'),
          );
        };
      };
      this.read(pattern, undefined, refuse({ namesCamera: true }));
      this.read(pattern, ONE_OF_ALL_NODES, refuse({ namesCamera: false }));
    }
  }

  private async refuse(pattern: string, message: Msg, advice: string): Promise<void> {
    if (await this.neighbours.isTheirs(parsedBody(message.data))) return;
    const error = new ContractError('not_found', `Nobody serves ${message.subject}. ${advice}`);
    this.rejections.rejected(pattern, message.subject, message.data, error);
    message.respond(JSON.stringify({ error: toErrorBody(error) }));
  }

  private read(pattern: string, queue: string | undefined, onMessage: (message: Msg) => void): void {
    const reader = new CoreReader(this.link, pattern, queue, onMessage, this.logger);
    this.readers.push(reader);
    reader.start();
  }
}
