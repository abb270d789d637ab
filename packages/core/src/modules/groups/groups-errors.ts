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
