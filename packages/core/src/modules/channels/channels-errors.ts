import { type FieldProblem, GatewayError } from '../../foundation/errors.js';
import type { ConfigProblem } from './channel-config.js';

/** A channel does not fit its provider, or names what there is not. */
export class InvalidChannelError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'invalid_channel';
  readonly problems: readonly FieldProblem[];

  /** @param problems at least one; the first is told in words */
  constructor(problems: readonly ConfigProblem[]) {
    const fields = problems.map(({ path, message }) => ({ field: path.join('.'), detail: message }));
    const [{ field, detail } = { field: '', detail: 'Invalid.' }] = fields;
    super(field === '' ? detail : `${field}: ${detail}`, field === '' ? {} : { field });
    this.problems = fields.slice(0, 20);
  }
}

/** A filter means more channels than may be changed in one transaction. */
export class ChannelsTooManyError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'channels_too_many';

  constructor(meant: number, most: number) {
    super(`The filter means ${meant} channels; at most ${most} are changed at once. Narrow it, by a part of the name or by ids.`, {
      field: 'filter',
    });
  }
}

export class ChannelNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'channel_not_found';

  constructor(id: string) {
    super(`There is no channel with the id "${id.slice(0, 100)}".`);
  }
}

export class ChannelKeyNotFoundError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'channel_key_not_found';

  constructor(id: string) {
    super(`The channel has no key with the id "${id.slice(0, 100)}".`);
  }
}

export class ChannelNameTakenError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'channel_name_taken';

  constructor(name: string) {
    super(`There is a channel "${name}" already. Choose another name.`, { field: 'name' });
  }
}

/** Somebody else has changed the channel since its version was read. */
export class ChannelChangedError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'channel_changed';

  constructor(name: string) {
    super(`The channel "${name}" has been changed since. Read it again, and repeat the change with its present version.`, {
      field: 'version',
    });
  }
}
