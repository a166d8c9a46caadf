/** NATS clients have their inboxes here, unless they are told otherwise. */
const USUAL_PREFIX = '_INBOX';

/**
 * Whether a reply may go to a subject. The requester chooses it, and NATS does not check that he may publish there. If
 * any subject were allowed, whoever may ask could write wherever the worker may, for example to JetStream's API. So
 * replies go only to inboxes.
 */
export function inboxRule(ownPrefix: string | undefined): (subject: string) => boolean {
  const beginnings = [USUAL_PREFIX, ...(ownPrefix === undefined ? [] : [ownPrefix])].map((prefix) => `${prefix}.`);
  return (subject) =>
    beginnings.some((beginning) => subject.startsWith(beginning) && subject.length > beginning.length);
}
