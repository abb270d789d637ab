import { type FailureKind, objectIn, type UpstreamFailure, type Verdict, verdictForFailure } from '@tollgate/plugin-kit';

/** What Dify's codes are about (API documentation of an app, "Errors"), where the status does not tell. */
const kinds: Readonly<Record<string, FailureKind>> = {
  app_unavailable: 'not-found',
  conversation_not_exists: 'invalid-request',
  file_too_large: 'too-large',
  internal_server_error: 'server',
  invalid_param: 'invalid-request',
  model_currently_not_support: 'not-found',
  not_chat_app: 'not-found',
  provider_not_initialize: 'permission',
  provider_quota_exceeded: 'insufficient-quota',
  rate_limit_error: 'rate-limit',
  too_many_requests: 'rate-limit',
  unauthorized: 'authentication',
};

/** What its model's vendor refused reaches Dify as a request that could not be completed, whatever the reason. */
const wordings: readonly { readonly says: RegExp; readonly kind: FailureKind }[] = [
  { says: /context (?:length|window)|maximum context|too long/i, kind: 'context-length' },
  { says: /rate ?limit|too many requests/i, kind: 'rate-limit' },
  { says: /quota|insufficient/i, kind: 'insufficient-quota' },
];

const messageLengthMax = 2_000;

/** What an error says, in a body or an event of a stream; undefined if it is none. */
export function verdictOf(body: unknown, given?: number): Verdict | undefined {
  const { code, message, status } = objectIn(body) ?? {};
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  const stated = typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599 ? status : 502;
  const kind = code === 'completion_request_error' ? (wordings.find(({ says }) => says.test(message))?.kind ?? 'server') : kinds[code];
  const text = message === '' ? 'The upstream reported an error.' : message.replace(/https?:\/\/\S+/g, '…').slice(0, messageLengthMax);
  return verdictForFailure(kind, given ?? stated, text, /^\w{1,64}$/.test(code) ? code : 'upstream_error');
}

export function classify(failure: UpstreamFailure): Partial<Verdict> {
  return verdictOf(failure.json(), failure.status) ?? {};
}
