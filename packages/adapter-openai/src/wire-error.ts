import { type FailureKind, type Verdict, verdictForFailure, verdictForKind, verdictForStatus } from '@tollgate/plugin-kit';
import { defined } from './defined.js';
import { redact } from './redact.js';
import { isObject } from './request-fields.js';

/** An error as the vendor and its compatibles write it, inside `{"error": …}` or bare. */
export interface WireError {
  readonly message: string;
  readonly type?: string;
  readonly code?: string;
  readonly field?: string;
  /** Some compatibles put the HTTP status into the error. */
  readonly status?: number;
}

/** What nominates a frame with an error, whoever wrote it. Frames that say there is none (`"error":null`) are many. */
export const errorNeedles: readonly string[] = ['"error":{', '"error": {', '"error":"', '"error": "', 'event: error', 'event:error'];

/** Codes first, then types, of the vendor's error reference and of what compatibles are seen to send. */
const kindByName: ReadonlyMap<string, FailureKind> = new Map([
  ['account_deactivated', 'authentication'],
  ['authentication_error', 'authentication'],
  ['billing_hard_limit_reached', 'insufficient-quota'],
  ['billing_not_active', 'insufficient-quota'],
  ['content_filter', 'content-filter'],
  ['content_policy_violation', 'content-filter'],
  ['context_length_exceeded', 'context-length'],
  ['engine_overloaded', 'overloaded'],
  ['insufficient_balance', 'insufficient-quota'],
  ['insufficient_quota', 'insufficient-quota'],
  ['internal_server_error', 'server'],
  ['invalid_api_key', 'authentication'],
  ['invalid_authentication', 'authentication'],
  ['model_not_found', 'not-found'],
  ['overloaded_error', 'overloaded'],
  ['permission_error', 'permission'],
  ['rate_limit_error', 'rate-limit'],
  ['rate_limit_exceeded', 'rate-limit'],
  ['server_error', 'server'],
  ['unsupported_country_region_territory', 'permission'],
]);

const statusByKind: Readonly<Partial<Record<FailureKind, number>>> = {
  authentication: 401,
  permission: 403,
  'insufficient-quota': 429,
  'rate-limit': 429,
  overloaded: 503,
  'not-found': 404,
  server: 502,
};

/** Something that a request names and that the account does not keep, by its id. Models are missed in other words, or by a code. */
const missingMessage = /^(?:item|response|previous response|conversation|file) with id\b.*\bnot found|^no such file/i;
/** The vendor's code for an earlier answer that is not there, with status 400; callers know it, so it stays as it is. */
const missingCode = 'previous_response_not_found';
const contextMessage = /context (?:length|window)|maximum context/i;
/** Some vendors refuse a key with status 400 and say so in words only. */
const keyMessage = /(?:incorrect|invalid) api key|api key (?:is )?(?:not valid|invalid)/i;

/** Of the vendor itself, and of others whose models compatible servers serve. */
const sealMessage =
  /encrypted content|thought[_ ]signature|invalid \W*(?:signature|data)\W* in \W*(?:redacted_)?thinking|without its required \W*(?:reasoning|following)/i;

/** Reads the value of an `error` member, whatever its form; undefined if it says nothing. */
export function readWireError(error: unknown): WireError | undefined {
  if (typeof error === 'string' && error !== '') return { message: error };
  if (!isObject(error)) return undefined;
  const type = textOf(error['type']);
  const code = textOf(error['code']);
  const status = [error['status_code'], error['status'], error['code']].find(
    (value) => typeof value === 'number' && value >= 400 && value < 600,
  );
  if (textOf(error['message']) === undefined && type === undefined && code === undefined && status === undefined) return undefined;
  return defined({ message: messageOf(error), type, code, field: textOf(error['param']), status: status as number | undefined });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function messageOf(error: Readonly<Record<string, unknown>>): string {
  const message = textOf(error['message']) ?? 'The upstream gave no reason.';
  const metadata = error['metadata'];
  const raw = isObject(metadata) ? metadata['raw'] : undefined;
  return typeof raw === 'string' ? `${message}: ${raw}` : message;
}

/** What the error means. Without an HTTP status (an error inside a stream that began well) one that fits is chosen. */
export function verdictOf(error: WireError, httpStatus?: number): Verdict {
  const status = httpStatus ?? error.status;
  const kind = kindOf(error, status);
  const verdictStatus = status ?? statusByKind[kind] ?? 400;
  // Another account may have it, and then the request is right.
  if (verdictStatus === 404 && error.code === undefined && missingMessage.test(error.message)) return missing(error);
  const code = error.code ?? (error.type === 'insufficient_quota' ? error.type : `upstream_${verdictStatus}`);
  const usual = verdictForFailure(kind, verdictStatus, redact(error.message), code);
  const refusesSeal = usual.kind === 'invalid-request' && (code === 'invalid_encrypted_content' || sealMessage.test(error.message));
  const isMissing = usual.kind === 'invalid-request' && code === missingCode;
  const verdict: Verdict = refusesSeal
    ? { ...usual, retry: 'without-seals' }
    : isMissing
      ? { ...usual, retry: 'other', missing: true }
      : usual;
  return error.field === undefined ? verdict : { ...verdict, field: error.field };
}

function missing({ message, field }: WireError): Verdict {
  const verdict = verdictForKind('invalid-request', 404, redact(message), 'resource_not_found');
  return { ...verdict, retry: 'other', missing: true, ...(field === undefined ? {} : { field }) };
}

function kindOf(error: WireError, status: number | undefined): FailureKind {
  const named = kindByName.get(error.code ?? '') ?? kindByName.get(error.type ?? '');
  if (named !== undefined) return named;
  const isRequestFault = status === undefined ? error.type === 'invalid_request_error' : status >= 400 && status < 500;
  if (isRequestFault && contextMessage.test(error.message)) return 'context-length';
  if (isRequestFault && keyMessage.test(error.message)) return 'authentication';
  if (status !== undefined) return verdictForStatus(status, '').kind;
  return isRequestFault ? 'invalid-request' : 'server';
}
