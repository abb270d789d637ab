import { GatewayError } from '../../foundation/errors.js';
import { idempotencyKeyLengthMax } from './idempotency-key.js';

/** The key is empty, too long, or holds characters that nobody can see. */
export class InvalidIdempotencyKeyError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'invalid_idempotency_key';

  constructor() {
    super(`The header Idempotency-Key must have 1 to ${idempotencyKeyLengthMax} characters, none of them a control character.`);
  }
}

/** The key has been used for another request. */
export class IdempotencyKeyReusedError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'idempotency_key_reused';

  constructor() {
    super('This Idempotency-Key was used for a request with another path or body. Make a new key for each new request.');
  }
}

/** The call under this key is not over. */
export class IdempotencyKeyRunningError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'idempotency_key_running';

  constructor() {
    super('The call under this Idempotency-Key is still running. Ask again in a moment: its answer will be given again.', {
      retryAfterMs: 1_000,
    });
  }
}

/** The call under this key was charged, and there is no whole answer to give again. */
export class AnswerNotKeptError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'answer_not_kept';

  constructor(requestId: string) {
    super(
      `The call under this Idempotency-Key was made and charged (request ${requestId}), and its answer is not kept: it broke off, or was too large. ` +
        'It is not made a second time; use a new key for that.',
    );
  }
}
