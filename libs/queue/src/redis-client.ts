import { Redis, type Command, type RedisOptions } from 'ioredis';

/**
 * What INFO would say at least. A Redis that has users with rights is 6.0 or newer; of 6.2 BullMQ expects nothing that 6.0 lacks, and does not
 * complain about its age.
 */
const UNKNOWN_INFO = 'redis_version:6.2.0\r\n';

/**
 * ioredis for users that may not ask INFO, which is one of Redis' @dangerous commands. ioredis and BullMQ ask it at every connection; refused,
 * BullMQ's worker would try again for ever without a pause.
 */
export class RedisClient extends Redis {
  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (command.name === 'info') {
      const { reject, resolve } = command;
      command.reject = (error) => {
        if (isForbidden(error)) resolve.call(command, UNKNOWN_INFO);
        else reject.call(command, error);
      };
    }
    return super.sendCommand(command, stream);
  }

  /** BullMQ's worker makes its blocking connection so. */
  override duplicate(override?: Partial<RedisOptions>): Redis {
    return new RedisClient({ ...this.options, ...override });
  }
}

function isForbidden(error: Error): boolean {
  return error.message.startsWith('NOPERM');
}
