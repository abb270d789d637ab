import { GatewayError } from '../../foundation/errors.js';

/** A channel that is to join or leave a group is not there, or would be in no group any more. */
export class ChannelGroupError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'channel_group_invalid';
}
