import { GatewayError } from '../foundation/errors.js';

export class MissingApiKeyError extends GatewayError {
  readonly kind = 'authentication';
  readonly status = 401;
  readonly code = 'missing_api_key';

  constructor() {
    super('No API key was sent. Send one as "Authorization: Bearer <key>", or where your SDK puts it.');
  }
}

export class RouteNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'route_not_found';

  constructor(method: string, path: string) {
    super(`There is no ${method} ${path.slice(0, 200)} here. Check the base URL that your client was given.`);
  }
}

/** There is no receipt of the call yet, or it is not the caller's to see. */
export class ReceiptNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'receipt_not_found';

  constructor(requestId: string) {
    super(
      `No call of yours has a receipt under "${requestId.slice(0, 100)}". It is written when the call is settled, shortly after its answer.`,
    );
  }
}

export class MethodNotAllowedError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 405;
  readonly code = 'method_not_allowed';

  constructor(method: string, allowed: string) {
    super(`${method} is not allowed here, only ${allowed}.`);
  }
}

export class BodyTooLargeError extends GatewayError {
  readonly kind = 'too-large';
  readonly status = 413;
  readonly code = 'request_too_large';

  constructor(bytesMax: number) {
    super(`The request body is larger than the ${bytesMax / 1_048_576} MB that this gateway accepts.`);
  }
}

/** The body is no JSON object, or not in an encoding that can be read. */
export class UnreadableBodyError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'invalid_body';
}

/** The gateway is shutting down; another node may take the call. */
export class ShuttingDownError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'shutting_down';

  constructor() {
    super('The gateway is shutting down. Try again in a moment.', { retryAfterMs: 1_000 });
  }
}
