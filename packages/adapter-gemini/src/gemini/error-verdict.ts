import { type FailureKind, type JsonObject, type Verdict, verdictForFailure, verdictForKind } from '@tollgate/plugin-kit';
import { isJsonObject } from './wire.js';

const kindsByStatus: Readonly<Record<string, FailureKind>> = {
  UNAUTHENTICATED: 'authentication',
  PERMISSION_DENIED: 'permission',
  // A region or an account that the service does not serve: another channel may be allowed to.
  FAILED_PRECONDITION: 'permission',
  NOT_FOUND: 'not-found',
  RESOURCE_EXHAUSTED: 'rate-limit',
  INVALID_ARGUMENT: 'invalid-request',
  OUT_OF_RANGE: 'invalid-request',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
  INTERNAL: 'server',
  UNKNOWN: 'server',
  // The service cancelled its own work: we never ask it to.
  CANCELLED: 'server',
};

const messageLengthMax = 500;

/**
 * What an error body says (`{"error":{code,message,status,details}}`, in an array where the stream is one), or undefined if it is none.
 * @param httpStatus of the response; left out for an error inside a 200, which then states its own.
 */
export function verdictOfError(body: unknown, httpStatus?: number): Verdict | undefined {
  const error = errorIn(body);
  if (error === undefined) return undefined;
  const message = textIn(error, 'message');
  const rpcStatus = textIn(error, 'status');
  const reason = textIn(detailOf(error, 'ErrorInfo'), 'reason');
  const status = httpStatus ?? statedStatus(error);
  // What is not there is told apart from what is somebody else's neither by status nor by words, and is no matter of the key.
  if (rpcStatus === 'PERMISSION_DENIED' && /may not exist|not found \(or permission denied\)/i.test(message))
    return { ...verdictForKind('invalid-request', 404, cleanMessage(message), 'resource_not_found'), missing: true };
  const kind = kindOf(rpcStatus, reason, message);
  const code = kind === undefined ? `upstream_${status}` : (reason || rpcStatus || kind).toLowerCase();
  const usual = verdictForFailure(kind, status, cleanMessage(message), code);
  const refusesSeal = usual.kind === 'invalid-request' && /thought[_ ]?signature/i.test(message);
  const verdict: Verdict = refusesSeal ? { ...usual, retry: 'without-seals' } : usual;
  const retryAfterMs = retryDelayMs(detailOf(error, 'RetryInfo')?.['retryDelay']);
  return retryAfterMs === undefined ? verdict : { ...verdict, retryAfterMs };
}

/** An error inside a 200; 499, with which the service cancels its own work, would accuse the caller. */
function statedStatus(error: JsonObject): number {
  const code = error['code'];
  return typeof code === 'number' && code >= 400 && code <= 599 && code !== 499 ? code : 502;
}

function textIn(holder: JsonObject | undefined, name: string): string {
  const value = holder?.[name];
  return typeof value === 'string' ? value : '';
}

/** The error object of a body that is one. */
function errorIn(body: unknown): JsonObject | undefined {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const error = isJsonObject(first) ? first['error'] : undefined;
  return isJsonObject(error) ? error : undefined;
}

function kindOf(rpcStatus: string, reason: string, message: string): FailureKind | undefined {
  // A wrong key is a 400 here.
  if (reason === 'API_KEY_INVALID' || reason === 'API_KEY_EXPIRED' || /API key (?:not valid|expired)/i.test(message))
    return 'authentication';
  if (rpcStatus === 'INVALID_ARGUMENT') {
    if (/token count.*exceeds|exceeds the maximum number of tokens/i.test(message)) return 'context-length';
    if (/payload size exceeds/i.test(message)) return 'too-large';
  }
  if (rpcStatus === 'RESOURCE_EXHAUSTED' && /prepa(?:id|yment)|credits? (?:are|is) depleted|billing account/i.test(message))
    return 'insufficient-quota';
  return kindsByStatus[rpcStatus];
}

function detailOf(error: JsonObject, type: string): JsonObject | undefined {
  const details = Array.isArray(error['details']) ? (error['details'] as unknown[]) : [];
  return details.filter(isJsonObject).find((detail) => detail['@type'] === `type.googleapis.com/google.rpc.${type}`);
}

/** A protobuf duration in JSON: `34.4s`. */
function retryDelayMs(delay: unknown): number | undefined {
  const seconds = typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1_000);
}

/** Without addresses, keys and account numbers, and not longer than a caller will read. */
function cleanMessage(message: string): string {
  const cleaned = message
    .replaceAll(/https?:\/\/\S+/g, '[address]')
    .replaceAll(/\b[\w.-]+\.googleapis\.com\b/g, '[address]')
    .replaceAll(/\bAIza[\w-]+/g, '[key]')
    .replaceAll(/\b(API key:?\s+)['"]?[\w-]*\d[\w-]*['"]?/gi, '$1[key]')
    .replaceAll(/\bproject(?:s\/|_number:|\s+)\d+/g, '[project]');
  return cleaned === '' ? 'The upstream gave no reason.' : cleaned.slice(0, messageLengthMax);
}
