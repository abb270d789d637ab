import { GatewayError } from '../../foundation/errors.js';

export class UserDisabledError extends GatewayError {
  readonly kind = 'permission';
  readonly status = 403;
  readonly code = 'user_disabled';

  constructor() {
    super('The account of this API key is disabled. Ask the operator of this gateway.');
  }
}

export class IpNotAllowedError extends GatewayError {
  readonly kind = 'permission';
  readonly status = 403;
  readonly code = 'ip_not_allowed';

  constructor(clientIp: string) {
    super(`This API key may not be used from ${clientIp}.`);
  }
}

export class ModelNotAllowedError extends GatewayError {
  readonly kind = 'permission';
  readonly status = 403;
  readonly code = 'model_not_allowed';

  constructor(model: string) {
    super(`This API key may not use the model "${model}".`, { field: 'model' });
  }
}
