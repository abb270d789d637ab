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

/** The catalogue has no entry of this name. */
export class ModelEntryNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'model_entry_not_found';

  constructor(name: string) {
    super(`The catalogue has no entry "${name}".`);
  }
}

export class ModelEntryExistsError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'model_entry_exists';

  constructor(name: string) {
    super(`The catalogue has an entry "${name}" already. Change that one.`, { field: 'name' });
  }
}

export class VendorNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'vendor_not_found';

  constructor(name: string) {
    super(`There is no vendor "${name}".`);
  }
}

/** A model was said to be of a vendor that is not there. */
export class UnknownVendorError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'unknown_vendor';

  constructor(name: string) {
    super(`There is no vendor "${name}". Make it first.`, { field: 'vendor' });
  }
}

export class VendorExistsError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'vendor_exists';

  constructor(name: string) {
    super(`There is a vendor "${name}" already. Change that one.`, { field: 'name' });
  }
}

export class VendorInUseError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'vendor_in_use';

  constructor(name: string, models: readonly string[]) {
    super(
      `The vendor "${name}" makes ${models.length} models (${models.slice(0, 5).join(', ')}${models.length > 5 ? ', …' : ''}). Change them first.`,
    );
  }
}
