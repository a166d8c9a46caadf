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
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { StreamWanted } from './decorators';

export const ACK_WAIT_MS = 60_000;
/** Beyond this many messages that are with us or wait for their next try, the server keeps the rest in the stream. */
const MAX_ACK_PENDING = 1000;
/** JetStream's error codes (nats-server, server/errors.json). */
const SUBJECTS_OVERLAP = 10_065;
const NAME_IN_USE = 10_058;

/** The name of the stream that captures the subject: the wanted one, created where missing; else whichever captures it already. */
export async function ensureStream(manager: JetStreamManager, wanted: StreamWanted, subject: string): Promise<string> {
  try {
    // A stream that is there is used as it is: its limits may be its operator's decision.
    return (await manager.streams.info(wanted.name)).config.name;
  } catch (error) {
    if (!hasCode(error, JetStreamApiCodes.StreamNotFound)) throw error;
  }
  try {
    await manager.streams.add({
      name: wanted.name,
      subjects: [...wanted.subjects],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(wanted.maxAgeMs),
    });
    return wanted.name;
  } catch (error) {
    if (hasCode(error, NAME_IN_USE)) return wanted.name; // another worker was faster
    if (hasCode(error, SUBJECTS_OVERLAP)) return manager.streams.find(subject);
    throw error;
  }
}

/** The durable pull consumer, created where missing: from the stream's first message, acknowledged one by one. */
export async function ensureConsumer(manager: JetStreamManager, stream: string, consumer: string, subject: string): Promise<ConsumerInfo> {
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
    throw new Error(`consumer ${consumer} of stream ${stream} is there, but not as a pull consumer with explicit acknowledgement: delete it`);
  }
  return info;
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
