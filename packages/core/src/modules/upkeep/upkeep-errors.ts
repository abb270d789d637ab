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

/** Many channels are to be asked what others are being asked already. */
export class ChannelRunUnderWayError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'channel_run_under_way';

  /** @param id of the run; undefined if it has ended just now */
  constructor(kind: string, id: string | undefined) {
    super(`A run of the kind ${kind} is under way${id === undefined ? '' : `: ${id}`}. Wait for it, or cancel it.`);
  }
}

export class ChannelRunNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'channel_run_not_found';

  constructor(id: string) {
    super(`There is no run of channels "${id}". The newest ten of each kind are kept.`);
  }
}
