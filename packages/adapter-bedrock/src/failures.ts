import { claude } from '@tollgate/adapter-claude';
import { openaiCompatible } from '@tollgate/adapter-openai';
import {
  type FailureKind,
  type JsonObject,
  objectIn,
  type UpstreamFailure,
  type Verdict,
  verdictForKind,
  verdictForStatus,
} from '@tollgate/plugin-kit';

/** Exceptions of Bedrock's runtime (API reference) by what they are called in Claude's language. */
const claudeTypes: Readonly<Record<string, string>> = {
  accessdenied: 'permission_error',
  expiredtoken: 'authentication_error',
  incompletesignature: 'authentication_error',
  internalserver: 'api_error',
  invalidsignature: 'authentication_error',
  missingauthenticationtoken: 'authentication_error',
  modelerror: 'api_error',
  modelnotready: 'overloaded_error',
  modelstreamerror: 'api_error',
  modeltimeout: 'timeout_error',
  resourcenotfound: 'not_found_error',
  servicequotaexceeded: 'rate_limit_error',
  serviceunavailable: 'overloaded_error',
  throttling: 'rate_limit_error',
  unrecognizedclient: 'authentication_error',
  validation: 'invalid_request_error',
};

/** What only the words tell. What is about the model concerns no other one: another channel may serve it. */
const refusals: readonly { readonly says: RegExp; readonly kind: FailureKind; readonly scope?: 'model' }[] = [
  {
    says: /model identifier is invalid|on-demand throughput|not supported in this region|end of its life|legacy/i,
    kind: 'not-found',
    scope: 'model',
  },
  { says: /access to (?:the|this) model|model access|use case details/i, kind: 'permission', scope: 'model' },
  {
    says: /input is too long|input tokens? exceed|exceeds? (?:the )?maximum (?:context|input|length)|maximum context length/i,
    kind: 'context-length',
  },
];

/** Exceptions inside a stream have no status of their own: these are those that they have elsewhere. */
const statuses: Readonly<Record<string, number>> = {
  authentication_error: 401,
  invalid_request_error: 400,
  not_found_error: 404,
  overloaded_error: 503,
  permission_error: 403,
  rate_limit_error: 429,
  timeout_error: 504,
};

/** An exception as an error of Claude's language. Its name comes as `ThrottlingException`, `throttlingException`, or with an address behind it. */
export function claudeError(exception: string, message: string): JsonObject {
  return { type: 'error', error: { type: typeOf(exception), message } };
}

function typeOf(exception: string): string {
  const name = exception
    .replace(/[:#].*$/, '')
    .replace(/(?:Exception)?$/, '')
    .toLowerCase();
  return claudeTypes[name] ?? 'api_error';
}

/** What an exception inside a stream means. */
export function exceptionVerdict(exception: string, message: string): Verdict {
  const status = statuses[typeOf(exception)] ?? 502;
  const text = message === '' ? 'The upstream reported an error.' : message;
  const body = { message: text };
  const headers = new Map([['x-amzn-errortype', exception]]);
  const known = classify({ status, headers, text: JSON.stringify(body), json: () => body });
  return { ...verdictForStatus(status, text), ...known };
}

/** What a refusal of the runtime, or of one of the endpoints in others' languages, means. */
export function classify(failure: UpstreamFailure): Partial<Verdict> {
  const body = objectIn(failure.json());
  const exception = failure.headers.get('x-amzn-errortype') ?? body?.['__type'];
  const text = body?.['message'] ?? body?.['Message'];
  if (typeof exception !== 'string' || typeof text !== 'string')
    return (body?.['type'] === 'error' ? claude.classify : openaiCompatible.classify)?.(failure) ?? {};
  const verdict = claude.classify?.({ ...failure, json: () => claudeError(exception, text) }) ?? {};
  const refusal = refusals.find(({ says }) => says.test(text));
  if (refusal === undefined || failure.status >= 500) return verdict;
  const { message = text, code = 'upstream_refused' } = verdict;
  const { kind, scope } = refusal;
  return { ...verdict, ...verdictForKind(kind, failure.status, message, code), ...(scope === undefined ? {} : { scope }) };
}
