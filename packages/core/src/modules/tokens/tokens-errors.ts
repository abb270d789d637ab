import { GatewayError } from '../../foundation/errors.js';

/** No key was sent, or no token has this one. */
export class InvalidApiKeyError extends GatewayError {
  readonly kind = 'authentication';
  readonly status = 401;
  readonly code = 'invalid_api_key';
}

export class TokenDisabledError extends GatewayError {
  readonly kind = 'authentication';
  readonly status = 401;
  readonly code = 'token_disabled';

  constructor() {
    super('This API key is disabled. Ask the operator of this gateway to enable it, or use another one.');
  }
}

export class TokenExpiredError extends GatewayError {
  readonly kind = 'authentication';
  readonly status = 401;
  readonly code = 'token_expired';

  constructor(expiresAt: number) {
    super(`This API key expired at ${new Date(expiresAt).toISOString()}. Use another one.`);
  }
}
