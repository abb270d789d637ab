import { GatewayError } from '../../foundation/errors.js';
import type { LimitLevels } from '@tollgate/plugin-kit';
import type { LimitKind, LimitOwner, LimitRule } from '../limit-rules/index.js';

export class UserDisabledError extends GatewayError {
  readonly kind = 'permission';
  readonly status = 403;
  readonly code = 'user_disabled';

  constructor() {
    super('The account of this API key is disabled. Ask the operator of this gateway.');
  }
}

export class IpNotAllowedError extends GatewayError {
  readonly kind = 'permission';
  readonly status = 403;
  readonly code = 'ip_not_allowed';

  constructor(clientIp: string) {
    super(`This API key may not be used from ${clientIp}.`);
  }
}

export class ModelNotAllowedError extends GatewayError {
  readonly kind = 'permission';
  readonly status = 403;
  readonly code = 'model_not_allowed';

  constructor(model: string) {
    super(`This API key may not use the model "${model}".`, { field: 'model' });
  }
}

interface LimitRefusal {
  readonly kind: 'rate-limit';
  readonly status: 429;
  readonly code: string;
}

/** Those of channels and their keys never reach a caller: another channel is tried. */
const refusals: Readonly<Partial<Record<LimitOwner, Readonly<Partial<Record<LimitKind, LimitRefusal>>>>>> = {
  ip: { requests: { kind: 'rate-limit', status: 429, code: 'ip_request_limit' } },
  token: {
    requests: { kind: 'rate-limit', status: 429, code: 'key_request_limit' },
    tokens: { kind: 'rate-limit', status: 429, code: 'key_token_limit' },
    concurrency: { kind: 'rate-limit', status: 429, code: 'key_concurrency_limit' },
  },
  user: {
    requests: { kind: 'rate-limit', status: 429, code: 'user_request_limit' },
    tokens: { kind: 'rate-limit', status: 429, code: 'user_token_limit' },
    concurrency: { kind: 'rate-limit', status: 429, code: 'user_concurrency_limit' },
  },
  group: {
    requests: { kind: 'rate-limit', status: 429, code: 'group_request_limit' },
    tokens: { kind: 'rate-limit', status: 429, code: 'group_token_limit' },
    concurrency: { kind: 'rate-limit', status: 429, code: 'group_concurrency_limit' },
  },
  model: {
    requests: { kind: 'rate-limit', status: 429, code: 'model_request_limit' },
    tokens: { kind: 'rate-limit', status: 429, code: 'model_token_limit' },
    concurrency: { kind: 'rate-limit', status: 429, code: 'model_concurrency_limit' },
  },
};

const owners: Readonly<Record<LimitOwner, string>> = {
  ip: 'This address',
  token: 'This API key',
  user: 'Each user of this group',
  group: 'This group as a whole',
  model: 'The model, for all its callers together,',
  channel: 'This channel',
  key: 'This key of the channel',
};

/** A limit is reached. The code says whose it is and what it counts, the message when it renews. */
export class LimitReachedError extends GatewayError {
  readonly kind = 'rate-limit';
  readonly status = 429;
  readonly code: string;
  readonly rule: LimitRule;
  /** What is left of the caller's limits, for the headers of the refusal. */
  readonly levels: LimitLevels;

  /** @param renewsAt milliseconds since 1970. */
  constructor(rule: LimitRule, renewsInMs: number, renewsAt: number, levels: LimitLevels) {
    super(`${owners[rule.owner]} ${saying(rule)} ${renewal(rule, renewsInMs, renewsAt)}`, { retryAfterMs: Math.max(1, renewsInMs) });
    this.rule = rule;
    this.levels = levels;
    this.code = refusals[rule.owner]?.[rule.kind]?.code ?? 'ip_request_limit';
  }
}

function saying({ kind, limit, window }: LimitRule): string {
  const number = limit.toLocaleString('en-US');
  if (kind === 'concurrency') return `may have ${number} calls at the same time, and has them.`;
  return `may use ${number} ${kind} per ${window}, and has.`;
}

function renewal({ kind }: LimitRule, renewsInMs: number, renewsAt: number): string {
  if (kind === 'concurrency') return 'Wait until one has ended.';
  return `The limit renews in ${Math.ceil(renewsInMs / 1_000)} seconds, at ${new Date(renewsAt).toISOString()}.`;
}

/** The counters that the nodes share do not answer, and the operator wants no call uncounted. */
export class LimitsUnavailableError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'limits_unavailable';

  constructor(cause: unknown) {
    super('The gateway cannot count calls at the moment, and lets none pass uncounted. Try again in a moment.', {
      retryAfterMs: 1_000,
      cause,
    });
  }
}
