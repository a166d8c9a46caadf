/**
 * What Bull Board may be asked. Everything outside these two lists is refused before the board sees it. So a route that
 * a new version brings does nothing until somebody has looked at it. Paths are those below the board's own, as they
 * stand in the request: the board takes an escaped slash for a part of a name, and so do these.
 */
const READS = [
  ...['/', '/metrics-history', '/job-schedulers', '/queue/*', '/queue/*/*'],
  ...['/api/redis/stats', '/api/queues', '/api/job-schedulers'],
  ...[
    '/api/queues/*/metrics',
    '/api/queues/*/default-job-options',
    '/api/queues/*/workers',
    '/api/queues/*/rate-limit',
    '/api/queues/*/job-data-schema',
  ],
  ...['/api/queues/*/*', '/api/queues/*/*/logs', '/api/queues/*/*/flow'],
].map(toPattern);
/** The board's scripts, styles and pictures. */
const FILES = /^\/static\/[^%]+$/;

/** Changes to jobs that exist, without changing their content: retry, promote, remove. */
const CHANGES = [
  ...['/api/queues/*/*/retry', '/api/queues/*/retry/*'],
  ...['/api/queues/*/*/promote', '/api/queues/*/promote'],
  ...['/api/queues/*/*/clean', '/api/queues/*/clean/*'],
].map(toPattern);

/** A refusal in the form in which Bull Board's page shows errors: a title and a sentence. */
export interface BoardRefusal {
  error: string;
  message: string;
}

/** Undefined for a request that may go on to the board. */
export function refusalOf(method: string, path: string, mayWrite: () => boolean): BoardRefusal | undefined {
  const isRead = method === 'GET' || method === 'HEAD';
  if (isRead && (FILES.test(path) || READS.some((pattern) => pattern.test(path)))) return undefined;
  const isChange = method === 'PUT' && CHANGES.some((pattern) => pattern.test(path));
  if (!isChange) {
    return {
      error: 'This board does not do that.',
      message:
        'Jobs can be retried, promoted, removed and cleaned here. They come from events and requests only, and ' +
        'the queue is run by the clipper.',
    };
  }
  if (mayWrite()) return undefined;
  return {
    error: 'You may look, and not change anything.',
    message: 'Wanted a sign-in that may retry and remove jobs: ask who runs this recorder.',
  };
}

/** `*` stands for one name. */
function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('*', '[^/]+')}$`);
}
