import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { maskSecrets, withoutQuotedText } from '@vr/base';
import { BusyError, ContractError, toErrorBody, type ErrorCode } from '@vr/contracts';
import { LOGGER, type Logger } from '@vr/service';
import type { Request, Response } from 'express';

/** The code that came with a request's own fault, or ours. */
const STATUS: Record<ErrorCode, number> = {
  invalid_payload: 400,
  unknown_camera: 404,
  no_footage: 404,
  footage_expired: 404,
  too_long: 400,
  too_many_requests: 429,
  camera_offline: 503,
  storage_unavailable: 503,
  internal: 500,
};

export interface Span {
  start: number;
  end: number;
}

/** There is nothing of the wanted time; `nearest` is what lies on either side of it. */
export class NoFootageError extends ContractError {
  constructor(
    message: string,
    readonly nearest: Span[],
  ) {
    super('no_footage', message);
  }
}

/** Every error as `{error: {code, message}}`; what is not the caller's business goes to our log alone. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const request = http.getRequest<Request>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof ContractError) {
      const nearest = error instanceof NoFootageError ? { nearest: error.nearest } : {};
      const body = toErrorBody(error);
      if (body.retry_after_seconds !== undefined) response.setHeader('retry-after', body.retry_after_seconds);
      response.status(error instanceof BusyError ? 503 : STATUS[error.code]).json({ error: { ...body, ...nearest } });
    } else if (error instanceof HttpException) {
      const code: ErrorCode = error.getStatus() < 500 ? 'invalid_payload' : 'internal';
      response
        .status(error.getStatus())
        .json({ error: { code, message: maskSecrets(withoutQuotedText(error.message)) } });
    } else {
      this.logger.error({ err: error, path: request.path }, 'a request failed');
      response.status(500).json({ error: toErrorBody(error) });
    }
  }
}
