import { GatewayError } from './errors.js';

/** A request was to go to an address that the gateway does not call: another scheme than http(s), or a private network. */
export class AddressRefusedError extends GatewayError {
  readonly kind = 'network';
  readonly status = 502;
  readonly code = 'address_refused';
}

/** A response was larger than the reader allows. */
export class ResponseTooLargeError extends GatewayError {
  readonly kind = 'network';
  readonly status = 502;
  readonly code = 'response_too_large';
}

/** A server sent the gateway from address to address without an end. */
export class TooManyRedirectsError extends GatewayError {
  readonly kind = 'network';
  readonly status = 502;
  readonly code = 'too_many_redirects';
}
