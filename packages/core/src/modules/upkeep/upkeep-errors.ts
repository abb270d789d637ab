import { GatewayError } from '../../foundation/errors.js';

/** A channel is to be asked something, and cannot be used as it is. */
export class ChannelUnusableError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'channel_unusable';

  constructor(name: string, reason: string) {
    super(`The channel "${name}" cannot be used: ${reason}`);
  }
}

/** A channel is to be tested that offers no model, and none was named. */
export class NoTestModelError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'test_model_missing';

  constructor(name: string) {
    super(`The channel "${name}" offers no model that could be asked for. Name one, or set its testModel.`, { field: 'model' });
  }
}

/** A channel is to be asked what is left, at a place that does not say. */
export class NoBalanceError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'balance_unsupported';

  constructor(name: string, provider: string) {
    super(`The channel "${name}" cannot be asked what is left: places of the provider ${provider} do not say.`);
  }
}
