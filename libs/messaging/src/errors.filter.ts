import { Catch, HttpException, type ExceptionFilter } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { ContractError } from '@vr/contracts';
import { throwError, type Observable } from 'rxjs';

const BAD_REQUESTS = { from: 400, below: 500 };

/** Nest's own filter turns every error into "Internal server error". The transport needs the error itself. */
@Catch()
export class PassErrorsOn implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * The error as a fault of the message, which will fail again however often it comes back. Such errors are our
 * ContractErrors, and what Nest's pipes (a 4xx HttpException) and guards (an RpcException) throw. Undefined for any
 * other error.
 */
export function asRejection(error: unknown): ContractError | undefined {
  if (error instanceof ContractError) return error;
  if (error instanceof RpcException) return new ContractError('invalid_payload', error.message, { cause: error });
  if (
    error instanceof HttpException &&
    error.getStatus() >= BAD_REQUESTS.from &&
    error.getStatus() < BAD_REQUESTS.below
  ) {
    return new ContractError('invalid_payload', error.message, { cause: error });
  }
  return undefined;
}
