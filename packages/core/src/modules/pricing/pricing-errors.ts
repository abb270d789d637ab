import { GatewayError } from '../../foundation/errors.js';

/** The model may be called but nobody has priced it. */
export class NoPriceError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'model_price_missing';

  constructor(model: string) {
    super(
      `Ratio or price not configured: the model "${model.slice(0, 200)}" has no price. An administrator can set one, or set pricing.mode to self-use.`,
      { field: 'model' },
    );
  }
}
