import type { Frame, PublicError } from '@tollgate/plugin-kit';
import { errorObject } from '../public-error.js';

/** What an `error` event says: flat, as the vendor documents it, and nested, as the vendor sends it and its client library reads it. */
export function errorEvent(error: PublicError): object {
  const { code, message, param } = errorObject(error);
  return { code, message, param, error: errorObject(error) };
}

/** The `error` of an answer that failed. */
export function answerError(error: PublicError): { readonly code: string; readonly message: string } {
  return { code: error.code, message: error.message };
}

/** The frames that end a stream of which nothing else is known any more. */
export function encodeStreamError(error: PublicError, requestId: string): readonly Frame[] {
  const response = { id: `resp_${requestId}`, object: 'response', status: 'failed', error: answerError(error), output: [] };
  return [
    { event: 'error', data: JSON.stringify({ type: 'error', sequence_number: 0, ...errorEvent(error) }) },
    { event: 'response.failed', data: JSON.stringify({ type: 'response.failed', sequence_number: 1, response }) },
  ];
}
