import { type Principal, TokenDisabledError, TokenExpiredError } from '../tokens/index.js';
import { IpNotAllowedError, ModelNotAllowedError, UserDisabledError } from './limits-errors.js';

export interface PrincipalCheck {
  /** Undefined for calls that name no model, such as lists. */
  readonly model?: string;
  readonly clientIp: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * What a token itself declares; money and rates are checked elsewhere.
 * @throws TokenDisabledError, TokenExpiredError, UserDisabledError, IpNotAllowedError, ModelNotAllowedError
 */
export function checkPrincipal(principal: Principal, { model, clientIp, now }: PrincipalCheck): void {
  if (!principal.tokenEnabled) throw new TokenDisabledError();
  if (principal.expiresAt !== undefined && principal.expiresAt <= now) throw new TokenExpiredError(principal.expiresAt);
  if (!principal.userEnabled) throw new UserDisabledError();
  if (principal.allowedIps !== undefined && !principal.allowedIps.contains(clientIp)) throw new IpNotAllowedError(clientIp);
  if (model !== undefined && principal.models !== undefined && !principal.models.has(model)) throw new ModelNotAllowedError(model);
}
