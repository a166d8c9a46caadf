/** Why a signal was aborted, always as an error, because the platform lets the reason be anything. */
export function abortReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('the work was cancelled', { cause: reason });
}
