import { GatewayError } from '../../foundation/errors.js';

/** A source of prices answered something that is no list of prices. */
export class UnreadablePricesError extends GatewayError {
  readonly kind = 'server';
  readonly status = 502;
  readonly code = 'prices_unreadable';
}

/** A price was chosen that no source states. */
export class UnknownPriceChoiceError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 404;
  readonly code = 'price_choice_unknown';

  constructor(model: string, source: string) {
    super(
      `"${source}" states no other price for "${model}" than the one in force. See "tollgate prices list" or GET /api/prices/differences.`,
      {
        field: 'choices',
      },
    );
  }
}

/** Prices of a source were wanted that there is not, or that was never asked. */
export class UnknownPriceSourceError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 404;
  readonly code = 'price_source_unknown';

  constructor(source: string, known: readonly string[]) {
    super(
      `Nothing is known of a source "${source}". There are: ${known.join(', ')}. One that is new is known once it was asked: "tollgate prices sync" or POST /api/prices/sync.`,
      { field: 'source' },
    );
  }
}

/** A price was chosen that needs to be confirmed: it takes the place of one set by hand, or is far from what it replaces. */
export class PriceChoiceRefusedError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'price_choice_refused';

  constructor(model: string, problem: string) {
    super(`The price of "${model}" was not changed, and no other: ${problem}`, { field: 'choices' });
  }
}

/** The operator keeps the price list to himself. */
export class PricesNotPublishedError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'prices_not_published';

  constructor() {
    super('This gateway does not publish its prices. Its operator can change that with the setting priceSync.publish.');
  }
}
