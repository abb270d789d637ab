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

/** The model is priced by something that answers to such a request never state: it could only be given away. */
export class UncountablePriceError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'price_not_applicable';

  constructor(model: string, by: 'image' | 'second' | 'search') {
    super(
      `The model "${model.slice(0, 200)}" is priced by the ${by}, which this operation does not state. ` +
        'An administrator can price it by tokens or by the call.',
      { field: 'model' },
    );
  }
}
