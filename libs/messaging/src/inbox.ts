/** Where NATS clients have their inboxes, unless they are told otherwise. */
const USUAL_PREFIX = '_INBOX';

/**
 * Whether a reply may go to a subject. The requester chooses it, and NATS does not ask whether he may publish there:
 * with any subject allowed, whoever may ask could write wherever the worker may, to JetStream's API for one. So replies
 * go to inboxes only.
 */
export function inboxRule(ownPrefix: string | undefined): (subject: string) => boolean {
  const beginnings = [USUAL_PREFIX, ...(ownPrefix === undefined ? [] : [ownPrefix])].map((prefix) => `${prefix}.`);
  return (subject) =>
    beginnings.some((beginning) => subject.startsWith(beginning) && subject.length > beginning.length);
}
