import { GatewayError } from '../../foundation/errors.js';
import type { Permission } from './permission.js';

export class InvalidAccessTokenError extends GatewayError {
  readonly kind = 'authentication';
  readonly status = 401;
  readonly code = 'invalid_access_token';

  constructor() {
    super('This access token is not known here, or its account is disabled. Make one with "tollgate token create --access".');
  }
}

/** An access token was sent where an API key is wanted. */
export class AccessTokenMisplacedError extends GatewayError {
  readonly kind = 'authentication';
  readonly status = 401;
  readonly code = 'api_key_required';

  constructor() {
    super('Access tokens are for the management API under /api/. Use an API key to call models.');
  }
}

export class PermissionDeniedError extends GatewayError {
  readonly kind = 'permission';
  readonly status = 403;
  readonly code = 'permission_denied';

  constructor(permission: Permission) {
    super(`This needs the permission ${permission}. API keys only see what is their own; an access token has the permissions of its user.`);
  }
}

export class UnknownUserError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'user_not_found';

  constructor(username: string) {
    super(`There is no user "${username}".`);
  }
}

export class AccessTokenExistsError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'access_token_exists';

  constructor(username: string, name: string) {
    super(`The user ${username} has an access token "${name}" already. Choose another name.`);
  }
}
