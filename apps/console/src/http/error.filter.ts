import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { maskSecrets, withoutQuotedText } from '@vr/base';
import { BusyError, ContractError, HTTP_STATUS, toErrorBody, type ErrorCode, type Span } from '@vr/contracts';
import { LOGGER, type Logger } from '@vr/service';
import type { Request, Response } from 'express';

/** The codes of refusals that Nest, Express and their parsers make. All others below 500 are `invalid_payload`. */
const CODE: Readonly<Record<number, ErrorCode>> = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found' };

/** Nothing was recorded in the wanted time. `nearest` has the spans before and after it. */
export class NoFootageError extends ContractError {
  constructor(
    message: string,
    readonly nearest: Span[],
  ) {
    super('no_footage', message);
  }
}

/** The address of a share opens it. */
function withoutShare(path: string): string {
  return path.replace(/^\/s\/[^/]+/, '/s/...');
}

/** Every error as `{error: {code, message}}`. What is not the caller's business goes to our log alone. */
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
      response
        .status(error instanceof BusyError ? 503 : HTTP_STATUS[error.code])
        .json({ error: { ...body, ...nearest } });
    } else if (error instanceof HttpException) {
      const status = error.getStatus();
      const code = CODE[status] ?? (status < 500 ? 'invalid_payload' : 'internal');
      response.status(status).json({ error: { code, message: maskSecrets(withoutQuotedText(error.message)) } });
    } else {
      this.logger.error({ err: error, path: withoutShare(request.path) }, 'a request failed');
      response.status(500).json({ error: toErrorBody(error) });
    }
  }
}
