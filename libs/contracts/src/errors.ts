/** The closed list of error codes that outsiders see: in replies, in `*.failed` messages, in metric labels. */
export const ERROR_CODES = [
  'invalid_payload',
  'unknown_camera',
  'no_footage',
  'footage_expired',
  'camera_offline',
  'too_long',
  'storage_unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error whose code and message may be shown to outsiders: the message says what was wanted, what came and what to do. */
export class ContractError extends Error {
  /** The first field that is at fault, where it is a field. */
  readonly field?: string;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptions & { field?: string } = {},
  ) {
    super(message, options);
    this.name = 'ContractError';
    if (options.field !== undefined) this.field = options.field;
  }
}

/** What an error looks like to outsiders: anything that is not a ContractError is `internal` and keeps its details to our logs. */
export function toErrorBody(error: unknown): { code: ErrorCode; message: string; field?: string } {
  if (error instanceof ContractError) return { code: error.code, message: error.message, ...(error.field !== undefined && { field: error.field }) };
  return { code: 'internal', message: 'The request failed inside the recorder; its log has the reason.' };
}
