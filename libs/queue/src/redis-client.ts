import { Redis, type Command, type RedisOptions } from 'ioredis';
import { isForbidden, Permissions } from './permissions';

/**
 * The least that INFO would say. A Redis that has users with rights is 6.0 or newer. BullMQ expects nothing of 6.2 that
 * 6.0 lacks, and does not complain about its age.
 */
const UNKNOWN_INFO = 'redis_version:6.2.0\r\n';

/** No job depends on these commands. */
const NEEDLESS = new Set(['info', 'client']);

/**
 * An ioredis for users that may not ask INFO, which is one of Redis' @dangerous commands. ioredis and BullMQ ask it at
 * every connection. If it were refused, BullMQ's worker would try again for ever without a pause.
 */
export class RedisClient extends Redis {
  /** Notes what Redis forbids its user, also on connections that BullMQ makes. */
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

  /** BullMQ's worker makes its blocking connection this way. */
  override duplicate(override?: Partial<RedisOptions>): Redis {
    // BullMQ reads replies as ioredis 5 gave them, which is the default.
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
