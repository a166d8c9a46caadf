/** Why a signal was aborted, as an error; the platform lets it be anything. */
export function abortReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('the work was cancelled', { cause: reason });
}
