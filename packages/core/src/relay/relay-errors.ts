import type { Verdict } from '@tollgate/plugin-kit';
import { GatewayError, StorageUnavailableError } from '../foundation/errors.js';

/** No enabled channel offers the model in the caller's group. */
export class NoChannelError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'no_channel';

  constructor(model: string, group: string) {
    super(
      `No channel offers the model "${model}" to the group "${group}". Ask the operator to add one, or choose a model from the model list.`,
    );
  }
}

/** Channels offer the model, but none may be asked now: each cools down after failures, or was taken out by them. */
export class NoChannelAvailableError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'no_channel_available';

  /** @param retryAfterMs undefined where nobody knows when one can be used again. */
  constructor(model: string, retryAfterMs: number | undefined) {
    super(
      `Every channel that offers the model "${model}" is cooling down after failures, or disabled. Try again later, or choose another model.`,
      retryAfterMs === undefined ? {} : { retryAfterMs },
    );
  }
}

/** What lives at an upstream cannot be asked for now: the one account that has it, or every one that could, cools down after failures. */
export class PlaceUnavailableError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'no_channel_available';

  /** @param retryAfterMs undefined where nobody knows when one can be used again. */
  constructor(retryAfterMs: number | undefined) {
    super(
      'The upstream that keeps this is cooling down after failures, or disabled. Try again later.',
      retryAfterMs === undefined ? {} : { retryAfterMs },
    );
  }
}

/** What is named may be kept by any of a channel's accounts, and this request did not ask all of them. */
export class AccountNotFoundYetError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'account_not_found_yet';

  /** @param field undefined if the path names it. */
  constructor(field: string | undefined) {
    const thing = field === undefined ? 'This' : `What ${field} names`;
    super(`${thing} may be kept by an account that this request did not ask. Send it again.`, field === undefined ? {} : { field });
  }
}

/** The caller's credit ran out while the answer was being streamed. */
export class QuotaExhaustedError extends GatewayError {
  readonly kind = 'insufficient-quota';
  readonly status = 402;
  readonly code = 'insufficient_quota';

  constructor() {
    super('The remaining quota is used up; the answer ends here.');
  }
}

/** A stream has run as far ahead of its hold as it may, and the database does not let the hold grow. */
export class HoldNotGrownError extends StorageUnavailableError {
  constructor() {
    super('The database cannot set more aside for this answer now, so it ends here; what was delivered is charged.');
  }
}

/** Every channel that could be tried failed; the last failure decides what the caller sees. */
export class UpstreamFailedError extends GatewayError {
  readonly kind;
  readonly status: number;
  readonly code: string;

  /** @param boundBy the field that left no other channel to try. */
  constructor(verdict: Verdict, boundBy?: string) {
    const seen = seenByCaller(verdict);
    super(boundBy === undefined ? seen.message : `${seen.message} ${onlyThere(boundBy)}`, {
      ...(verdict.retryAfterMs === undefined ? {} : { retryAfterMs: verdict.retryAfterMs }),
      ...(verdict.field === undefined ? {} : { field: verdict.field }),
    });
    this.kind = seen.kind;
    this.status = seen.status;
    this.code = seen.code;
  }
}

/**
 * What a caller may learn of an upstream's failure. The channel's key, quota and place are the operator's business: the caller's own
 * token works, so it must not see a 401 or a 402.
 */
function seenByCaller(verdict: Verdict): Pick<Verdict, 'kind' | 'status' | 'code' | 'message'> {
  switch (verdict.kind) {
    case 'authentication':
    case 'permission':
    case 'insufficient-quota':
      return {
        kind: 'server',
        status: 502,
        code: 'upstream_refused',
        message: 'The upstream refused the channel. Try again later, or tell the operator.',
      };
    case 'rate-limit':
      return {
        kind: 'rate-limit',
        status: 429,
        code: 'upstream_rate_limited',
        message: 'The upstream is limiting requests. Try again later.',
      };
    case 'overloaded':
      return { kind: 'overloaded', status: 503, code: 'upstream_overloaded', message: 'The upstream is overloaded. Try again later.' };
    case 'timeout':
      return { kind: 'timeout', status: 504, code: 'upstream_timeout', message: 'The upstream did not answer in time.' };
    case 'network':
      return { kind: 'network', status: 502, code: verdict.code, message: 'The connection to the upstream failed.' };
    case 'server':
      return { kind: 'server', status: 502, code: 'upstream_failed', message: 'The upstream failed to answer.' };
    case 'not-found':
      return { kind: 'not-found', status: 404, code: 'upstream_model_not_found', message: 'The upstream does not know this model.' };
    default:
      return {
        kind: verdict.kind,
        status: verdict.status >= 400 && verdict.status < 500 ? verdict.status : 400,
        code: verdict.code,
        message: withoutPlaces(verdict.message),
      };
  }
}

function onlyThere(field: string): string {
  return `No other upstream was tried, since what ${field} names is kept by this one only.`;
}

/** An upstream's words about the request itself, without addresses in them. */
function withoutPlaces(message: string): string {
  return message.replace(/\b(?:https?|wss?):\/\/\S+/gi, '[address]').slice(0, 2_000);
}
