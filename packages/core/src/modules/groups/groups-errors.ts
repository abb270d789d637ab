import { GatewayError } from '../../foundation/errors.js';

/** The token chose a group that its user may not use, or may not use any more. */
export class GroupNotAllowedError extends GatewayError {
  readonly kind = 'permission';
  readonly status = 403;
  readonly code = 'group_not_allowed';

  constructor(group: string, userGroup: string) {
    super(
      `Users of the group "${userGroup}" may not use the group "${group}", which this API key is set to. Set the key to another group, or ask the operator.`,
    );
  }
}

export class GroupNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'group_not_found';

  constructor(name: string) {
    super(`There is no group "${name}".`);
  }
}

export class GroupExistsError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'group_exists';

  constructor(name: string) {
    super(`There is a group "${name}" already. Change that one.`, { field: 'name' });
  }
}

/** What is in the group would be in none. */
export class GroupInUseError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'group_in_use';

  /** @param uses in words */
  constructor(name: string, uses: readonly string[]) {
    super(`The group "${name}" is used by ${uses.join(', ')}. Change them first.`);
  }
}
