/** Something that is needed does not exist yet. The thrower wants to run again after `delayMs`, however often. */
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
