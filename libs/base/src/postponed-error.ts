/** What is needed is not there yet. Whoever throws it wants to run again after `delayMs`, however often that is. */
export class PostponedError extends Error {
  constructor(
    message: string,
    readonly delayMs: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PostponedError';
  }
}
