import { Redis, type Command, type RedisOptions } from 'ioredis';
import { isForbidden, Permissions } from './permissions';

/**
 * What INFO would say at least. A Redis that has users with rights is 6.0 or newer; of 6.2 BullMQ expects nothing that
 * 6.0 lacks, and does not complain about its age.
 */
const UNKNOWN_INFO = 'redis_version:6.2.0\r\n';

/** Nobody's job depends on them. */
const NEEDLESS = new Set(['info', 'client']);

/**
 * ioredis for users that may not ask INFO, which is one of Redis' @dangerous commands. ioredis and BullMQ ask it at
 * every connection; refused, BullMQ's worker would try again for ever without a pause.
 */
export class RedisClient extends Redis {
  /** Hears what Redis forbids its user, also on connections that BullMQ makes. */
  permissions = new Permissions();

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (command.name === 'info') {
      const { reject, resolve } = command;
      command.reject = (error) => {
        if (isForbidden(error)) resolve.call(command, UNKNOWN_INFO);
        else reject.call(command, error);
      };
    }
    if (!NEEDLESS.has(command.name)) this.listenFor(command);
    return super.sendCommand(command, stream);
  }

  /** BullMQ's worker makes its blocking connection so. */
  override duplicate(override?: Partial<RedisOptions>): Redis {
    // Replies as ioredis 5 gave them, which is the default: BullMQ reads them so.
    const options: Omit<RedisOptions, 'replyMapping'> = { ...this.options, ...override };
    const copy = new RedisClient(options);
    copy.permissions = this.permissions;
    return copy;
  }

  private listenFor({ name, promise }: Command): void {
    promise.then(
      () => this.permissions.wasAllowed(name),
      (error: unknown) => isForbidden(error) && this.permissions.wasRefused(name),
    );
  }
}
