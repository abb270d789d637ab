/** What went wrong, in words that every dialect can render. */
export type FailureKind =
  | 'authentication'
  | 'permission'
  | 'insufficient-quota'
  | 'rate-limit'
  | 'overloaded'
  | 'invalid-request'
  | 'too-large'
  | 'context-length'
  | 'content-filter'
  | 'not-found'
  | 'timeout'
  | 'network'
  | 'server';

/** An error as a caller sees it; the caller's dialect gives it its shape. */
export interface PublicError {
  readonly kind: FailureKind;
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Stable and public: `insufficient_quota`, `model_not_found`, … */
  readonly code: string;
  /** For people: names the field or the place and says what to do next. Never an upstream's URL or key. */
  readonly message: string;
  /** The request field at fault, as a path in the caller's dialect: `messages.0.content`. */
  readonly field?: string;
  readonly retryAfterMs?: number;
}

/** A {@link PublicError} that an upstream caused, with what the kernel does about it. */
export interface Verdict extends PublicError {
  /** What the failure says something about: this request alone, the model at this place, the key, or the whole channel. */
  readonly scope: 'request' | 'model' | 'key' | 'channel';
  /**
   * `never`: every place would refuse this request. `other`: try the next channel. `without-seals`: the place does not take a seal of the
   * history back; it is asked once more without any, and if that does not help, the next channel is.
   */
  readonly retry: 'never' | 'other' | 'without-seals';
  /**
   * Set where the place is well and does not keep something that the request names (`refersTo`, or the path of a resource). Where nobody knows
   * which of a channel's accounts has it, the next one is asked. `kind: 'not-found'` and status 404 are taken for it too, then.
   */
  readonly missing?: true;
}

const kindByStatus: Readonly<Record<number, FailureKind>> = {
  400: 'invalid-request',
  401: 'authentication',
  402: 'insufficient-quota',
  403: 'permission',
  404: 'not-found',
  408: 'timeout',
  409: 'invalid-request',
  413: 'too-large',
  422: 'invalid-request',
  429: 'rate-limit',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

const scopeByKind: Readonly<Partial<Record<FailureKind, Verdict['scope']>>> = {
  authentication: 'key',
  permission: 'key',
  'insufficient-quota': 'key',
  'rate-limit': 'key',
  overloaded: 'model',
  'not-found': 'model',
  timeout: 'channel',
  network: 'channel',
  server: 'channel',
};

/** Kinds that are about the request itself: another channel would refuse it just the same. */
const requestFaults: ReadonlySet<FailureKind> = new Set(['invalid-request', 'too-large', 'context-length', 'content-filter']);

/**
 * The verdict that a bare HTTP status suggests; an adapter's `classify` overrides what it knows better. The status is the upstream's own:
 * what the caller sees is decided by the kernel (an upstream that refuses the channel's key is no 401 to the caller).
 */
export function verdictForStatus(status: number, message: string, code = `upstream_${status}`): Verdict {
  const kind = kindByStatus[status] ?? (status >= 400 && status < 500 ? 'invalid-request' : 'server');
  return verdictForKind(kind, status, message, code);
}

/**
 * The verdict of a failure of which the body states a kind. A status of 500 and above is the upstream's own fault whatever its body says of
 * the request: servers wrap troubles of their own into ready-made errors.
 */
export function verdictForFailure(kind: FailureKind | undefined, status: number, message: string, code: string): Verdict {
  const isContradicted = status >= 500 && kind !== undefined && requestFaults.has(kind);
  return kind === undefined || isContradicted ? verdictForStatus(status, message, code) : verdictForKind(kind, status, message, code);
}

/** A verdict with the usual scope and retry of its kind. */
export function verdictForKind(kind: FailureKind, status: number, message: string, code: string): Verdict {
  return {
    kind,
    status,
    code,
    message,
    scope: scopeByKind[kind] ?? 'request',
    retry: requestFaults.has(kind) ? 'never' : 'other',
  };
}
