import { BadRequestError, DeniedError, type PublicError } from '@tollgate/plugin-kit';
import { GatewayError } from '../foundation/errors.js';

/** What a caller is told of a fault of our own: nothing but where to ask. */
const internalError: PublicError = {
  kind: 'server',
  status: 500,
  code: 'internal_error',
  message: 'The gateway failed to handle this request. Quote the request id to the operator.',
};

/** What a caller may see of any thrown error. Only errors made for callers keep their words. */
export function publicErrorOf(error: unknown): PublicError {
  if (error instanceof GatewayError) return error;
  if (DeniedError.isInstance(error)) return error.publicError;
  if (BadRequestError.isInstance(error)) {
    return {
      kind: 'invalid-request',
      status: 400,
      code: error.code,
      message: error.message,
      ...(error.field === undefined ? {} : { field: error.field }),
    };
  }
  return internalError;
}
