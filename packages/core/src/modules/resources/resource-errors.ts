import type { ResourceReference } from '@tollgate/plugin-kit';
import { GatewayError } from '../../foundation/errors.js';

/** The path names something that the caller does not have, whether somebody else has it or nobody. */
export class ResourceNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'resource_not_found';

  constructor(path: string) {
    super(`There is no ${shortened(path)} here for this API key.`);
  }
}

/** The body names something that the caller does not have. */
export class ReferenceNotFoundError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'reference_not_found';

  constructor({ id, field }: ResourceReference) {
    super(
      `${field} names "${shortened(id)}", which is not kept for this API key: it was not stored, has expired, or belongs to another model ` +
        'or account. Send the content itself instead.',
      { field },
    );
  }
}

/** Two things that a request names live at different upstreams, of which neither knows what the other has. */
export class ReferencesApartError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'references_apart';

  constructor(one: string, field: string) {
    super(`${one} and ${field} name things that are kept in different places and cannot be used together.`, { field });
  }
}

/** It is known where the thing is, but that place does not serve the caller any more. */
export class ResourceUnreachableError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'resource_unreachable';

  /** @param field undefined if the path names it. */
  constructor(field: string | undefined, model?: string) {
    const thing = field === undefined ? 'This is kept' : `What ${field} names is kept`;
    const service = model === undefined ? 'does not serve this API key' : `does not serve the model "${model}" to this API key`;
    super(
      `${thing} in a place that ${service}, or no longer. Send the content itself instead, or ask the operator.`,
      field === undefined ? {} : { field },
    );
  }
}

/** The channel still serves the caller, but the key of the account that has the thing is gone from it, or disabled. */
export class ResourceAccountGoneError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'resource_account_gone';

  /** @param field undefined if the path names it. */
  constructor(field: string | undefined) {
    const thing = field === undefined ? 'This is kept' : `What ${field} names is kept`;
    super(
      `${thing} by an account that the gateway does not use now. Send the content itself instead, or ask the operator.`,
      field === undefined ? {} : { field },
    );
  }
}

/** No channel of the caller's group keeps such things. */
export class NoPlaceError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'no_channel';

  constructor(group: string) {
    super(`No channel of the group "${group}" keeps such things. Ask the operator to add one.`);
  }
}

function shortened(id: string): string {
  return id.length > 100 ? `${id.slice(0, 100)}…` : id;
}
