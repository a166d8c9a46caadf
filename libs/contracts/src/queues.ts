/** The queue of one node's clip jobs. Each node cuts its own footage. BullMQ forbids `:` in names and job ids. */
export function clipQueueName(nodeId: string): string {
  return `clips-${nodeId}`;
}

/** The durable consumer of one node on the event stream. */
export function clipConsumerName(nodeId: string): string {
  return `clipper-${nodeId}`;
}

/** The queue of one node's exports. */
export function exportQueueName(nodeId: string): string {
  return `exports-${nodeId}`;
}
