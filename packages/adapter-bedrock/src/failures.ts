import { claude } from '@tollgate/adapter-claude';
import { openaiCompatible } from '@tollgate/adapter-openai';
import { type FailureKind, type JsonObject, objectIn, type UpstreamFailure, type Verdict, verdictForKind } from '@tollgate/plugin-kit';

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

/** What is about the model, whatever it is called: another channel may serve it. */
const modelRefusals: readonly { readonly says: RegExp; readonly kind: FailureKind }[] = [
  { says: /model identifier is invalid|on-demand throughput|not supported in this region|end of its life|legacy/i, kind: 'not-found' },
  { says: /access to (?:the|this) model|model access|use case details/i, kind: 'permission' },
];

/** An exception as an error of Claude's language. Its name comes as `ThrottlingException`, `throttlingException`, or with an address behind it. */
export function claudeError(exception: string, message: string): JsonObject {
  const name = exception
    .replace(/[:#].*$/, '')
    .replace(/(?:Exception)?$/, '')
    .toLowerCase();
  return { type: 'error', error: { type: claudeTypes[name] ?? 'api_error', message } };
}

/** What a refusal of the runtime, or of one of the endpoints in others' languages, means. */
export function classify(failure: UpstreamFailure): Partial<Verdict> {
  const body = objectIn(failure.json());
  const exception = failure.headers.get('x-amzn-errortype') ?? body?.['__type'];
  const text = body?.['message'] ?? body?.['Message'];
  if (typeof exception !== 'string' || typeof text !== 'string')
    return (body?.['type'] === 'error' ? claude.classify : openaiCompatible.classify)?.(failure) ?? {};
  const verdict = claude.classify?.({ ...failure, json: () => claudeError(exception, text) }) ?? {};
  const refusal = modelRefusals.find(({ says }) => says.test(text));
  if (refusal === undefined) return verdict;
  const { message = text, code = 'upstream_refused' } = verdict;
  return { ...verdict, ...verdictForKind(refusal.kind, failure.status, message, code), scope: 'model' };
}
