import {
  type FailureKind,
  type Frame,
  type PublicError,
  type UpstreamFailure,
  type Verdict,
  verdictForFailure,
} from '@tollgate/plugin-kit';
import { isObject, textIn } from './wire.js';

/** Types by the vendor's page on errors. */
const typeByKind: Readonly<Record<FailureKind, string>> = {
  authentication: 'authentication_error',
  permission: 'permission_error',
  'insufficient-quota': 'billing_error',
  'rate-limit': 'rate_limit_error',
  overloaded: 'overloaded_error',
  'invalid-request': 'invalid_request_error',
  'too-large': 'request_too_large',
  'context-length': 'invalid_request_error',
  'content-filter': 'invalid_request_error',
  'not-found': 'not_found_error',
  timeout: 'timeout_error',
  network: 'api_error',
  server: 'api_error',
};

const kindByType: ReadonlyMap<string, { readonly kind: FailureKind; readonly status: number }> = new Map([
  ['invalid_request_error', { kind: 'invalid-request', status: 400 }],
  ['authentication_error', { kind: 'authentication', status: 401 }],
  ['billing_error', { kind: 'insufficient-quota', status: 402 }],
  ['permission_error', { kind: 'permission', status: 403 }],
  ['not_found_error', { kind: 'not-found', status: 404 }],
  ['request_too_large', { kind: 'too-large', status: 413 }],
  ['rate_limit_error', { kind: 'rate-limit', status: 429 }],
  ['api_error', { kind: 'server', status: 500 }],
  ['timeout_error', { kind: 'timeout', status: 504 }],
  ['overloaded_error', { kind: 'overloaded', status: 529 }],
]);

const messageLengthMax = 2_000;

/** Failures that the vendor sends under a broader type and tells apart by code or, for want of one, by its wording. */
const kindByWording: readonly { readonly pattern: RegExp; readonly kind: FailureKind }[] = [
  { pattern: /spend_limit|credit balance/i, kind: 'insufficient-quota' },
  { pattern: /organization_on_hold|organization has been disabled/i, kind: 'permission' },
  { pattern: /prompt is too long|exceed(s|ed)? (the )?context (limit|window)/i, kind: 'context-length' },
  { pattern: /content filtering policy/i, kind: 'content-filter' },
];

/** A signature that another account, place or model made, thinking that a client has changed, or that is missing in a tool loop. */
const sealRefusal =
  /invalid \W?(?:signature|data)\W? in \W?(?:redacted_)?thinking|thinking\W* blocks?.*cannot be modified|expected \W?thinking\W? or|thinking\W* blocks?.*(?:signature|could not be (?:verified|decrypted))/i;

/**
 * The vendor's error body. Our code stands where the vendor's own codes stand (`error.details.error_code`), so that the official SDK shows
 * it as `errorCode`; a field at fault opens the message, as the vendor writes it.
 */
export function encodeErrorBody(error: PublicError, requestId?: string): object {
  const message = error.field === undefined || error.message.includes(error.field) ? error.message : `${error.field}: ${error.message}`;
  return {
    type: 'error',
    error: { type: typeByKind[error.kind], message, details: { error_code: error.code } },
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
}

export function encodeStreamError(error: PublicError, requestId: string): readonly Frame[] {
  return [{ event: 'error', data: JSON.stringify(encodeErrorBody(error, requestId)) }];
}

/** What an error body means; undefined if it has not the vendor's shape. Without a status (inside a 200) the type decides it. */
export function verdictOf(body: unknown, status?: number): Verdict | undefined {
  const error = isObject(body) ? body.error : undefined;
  if (!isObject(error)) return undefined;
  const type = textIn(error.type);
  const text = textIn(error.message);
  const stated = isObject(error.details) ? textIn(error.details.error_code) : '';
  const known = kindByType.get(type);
  const nearer = kindByWording.find(({ pattern }) => pattern.test(stated) || pattern.test(text));
  const kind = nearer?.kind ?? known?.kind;
  const message = cleanMessage(text) || 'The upstream reported an error.';
  const code = stated || type || 'upstream_error';
  const verdict = verdictForFailure(kind, status ?? known?.status ?? 502, message, code);
  return verdict.kind === 'invalid-request' && sealRefusal.test(text) ? { ...verdict, retry: 'without-seals' } : verdict;
}

/** What a failed answer means; whatever stays open follows from its status. */
export function classify(failure: UpstreamFailure): Partial<Verdict> {
  const seconds = Number(failure.headers.get('retry-after'));
  return {
    ...verdictOf(failure.json(), failure.status),
    ...(seconds > 0 && Number.isFinite(seconds) ? { retryAfterMs: Math.ceil(seconds * 1000) } : {}),
  };
}

/** Upstream texts go to callers, so addresses and anything that looks like a key are taken out, and the length is bounded. */
function cleanMessage(text: string): string {
  return text
    .slice(0, messageLengthMax)
    .replace(/\bhttps?:\/\/[^\s"')\]]+/gi, '[address]')
    .replace(/\b(?:sk-|Bearer\s+)[\w.-]{4,}/gi, '[key]');
}
