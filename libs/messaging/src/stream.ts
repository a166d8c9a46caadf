import { isDeepStrictEqual } from 'node:util';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type ConsumerInfo,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { StreamWanted } from './decorators';

export const ACK_WAIT_MS = 60_000;
/** At most this many messages are with us or wait for their next try. The server keeps the rest in the stream. */
const MAX_ACK_PENDING = 1000;
/** JetStream's error codes (nats-server, server/errors.json). */
const SUBJECTS_OVERLAP = 10_065;
const NAME_IN_USE = 10_058;
const NO_ROOM = 10_047;

/**
 * The name of the stream that captures the subject. It is the wanted one, created where missing, or another stream that
 * already captures the subject.
 */
export async function ensureStream(manager: JetStreamManager, wanted: StreamWanted, subject: string): Promise<string> {
  try {
    // An existing stream is used as it is, because its limits may be its operator's decision.
    return (await manager.streams.info(wanted.name)).config.name;
  } catch (error) {
    if (!hasCode(error, JetStreamApiCodes.StreamNotFound)) throw error;
  }
  try {
    await withRoom(wanted, (bounds) => manager.streams.add({ name: wanted.name, ...shapeOf(wanted), ...bounds }));
    return wanted.name;
  } catch (error) {
    if (hasCode(error, NAME_IN_USE)) return wanted.name; // another worker was faster
    if (hasCode(error, SUBJECTS_OVERLAP)) return manager.streams.find(subject);
    throw error;
  }
}

/**
 * Bounds a stream that an older version made without bounds. It touches only a stream of exactly our shape. Anything
 * else in it is somebody's decision.
 * @returns whether it did
 */
export async function boundOlderStream(manager: JetStreamManager, wanted: StreamWanted): Promise<boolean> {
  const { config } = await manager.streams.info(wanted.name);
  const older: Partial<StreamConfig> = {
    ...shapeOf(wanted),
    max_msgs: -1,
    max_bytes: -1,
    max_msg_size: -1,
    max_msgs_per_subject: -1,
  };
  if (!Object.entries(older).every(([name, value]) => isDeepStrictEqual(config[name as keyof StreamConfig], value)))
    return false;
  await withRoom(wanted, (bounds) => manager.streams.update(wanted.name, bounds));
  return true;
}

/**
 * Ends the acknowledgements of a stream of our name, whoever made it: a publisher decides where they go.
 * @returns whether it did
 */
export async function silenceStream(manager: JetStreamManager, name: string): Promise<boolean> {
  if (!(await acknowledges(manager, name))) return false;
  await manager.streams.update(name, { no_ack: true });
  return true;
}

/** Whether the stream tells publishers that it has their message, at the subject that they name. */
export async function acknowledges(manager: JetStreamManager, name: string): Promise<boolean> {
  return !(await manager.streams.info(name)).config.no_ack;
}

function shapeOf({ subjects, maxAgeMs }: StreamWanted) {
  const { storage, retention, discard } = {
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
  };
  return { subjects: [...subjects], storage, retention, discard, max_age: nanos(maxAgeMs) };
}

/** The server sets room aside for `max_bytes`. Where it has less, a smaller stream is better than none. */
async function withRoom(wanted: StreamWanted, make: (bounds: Bounds) => Promise<unknown>): Promise<void> {
  for (const share of [1, 8, 64]) {
    try {
      await make(boundsOf(wanted, Math.floor(wanted.maxBytes / share)));
      return;
    } catch (error) {
      if (!hasCode(error, NO_ROOM) || share === 64) throw error;
    }
  }
}

type Bounds = ReturnType<typeof boundsOf>;
function boundsOf({ maxMessageBytes }: StreamWanted, maxBytes: number) {
  // The stream acknowledges nothing. A publisher chooses where an acknowledgement goes, and one that goes to
  // JetStream's API can remove all streams.
  return { max_bytes: maxBytes, max_msg_size: maxMessageBytes, deny_purge: true, deny_delete: true, no_ack: true };
}

/** The durable pull consumer, created where missing. It begins at the first message and acknowledges one by one. */
export async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  consumer: string,
  subject: string,
): Promise<ConsumerInfo> {
  let info: ConsumerInfo;
  try {
    info = await manager.consumers.info(stream, consumer);
  } catch (error) {
    if (!hasCode(error, JetStreamApiCodes.ConsumerNotFound)) throw error;
    info = await manager.consumers.add(stream, {
      durable_name: consumer,
      filter_subject: subject,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(ACK_WAIT_MS),
      max_ack_pending: MAX_ACK_PENDING,
    });
  }
  if (info.config.ack_policy !== AckPolicy.Explicit || info.config.deliver_subject !== undefined) {
    throw new Error(
      `consumer ${consumer} of stream ${stream} is there, but not as a pull consumer with explicit ` +
        `acknowledgement: delete it`,
    );
  }
  return info;
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
