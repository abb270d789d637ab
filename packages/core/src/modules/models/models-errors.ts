import { GatewayError } from '../../foundation/errors.js';

/** Nothing offers the model to the caller, or it is switched off. */
export class ModelNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'model_not_found';

  constructor(model: string) {
    super(`There is no model "${model}" for this API key.`, { field: 'model' });
  }
}
