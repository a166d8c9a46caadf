/** The queue of clip jobs of one node: a clip is cut where its footage is. BullMQ forbids `:` in names and job ids. */
export function clipQueueName(nodeId: string): string {
  return `clips-${nodeId}`;
}

/** The durable consumer of one node on the event stream. */
export function clipConsumerName(nodeId: string): string {
  return `clipper-${nodeId}`;
}
