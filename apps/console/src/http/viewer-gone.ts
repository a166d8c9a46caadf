import type { Response } from 'express';

/** Aborts when the viewer's connection ends before he has his answer: nobody needs the work any more. */
export function viewerGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the viewer has gone'));
  });
  return gone.signal;
}
