import { secretFields, type UpstreamFailure, type Verdict, verdictForKind, verdictForStatus, type WireRequest } from '@tollgate/plugin-kit';
import { hideSecrets } from '../../foundation/hide-secrets.js';
import { SafeFetch, type SafeResponse } from '../../foundation/safe-fetch.js';
import { AddressRefusedError } from '../../foundation/safe-fetch-errors.js';
import type { Channel, ChannelKey } from '../channels/index.js';

/** Why an upstream did not say what it was asked for. */
export interface QuestionFailure {
  readonly code: string;
  readonly message: string;
  /** HTTP status of the upstream. */
  readonly status?: number;
  /** How the upstream's own text begins, without the channel's secrets. */
  readonly upstreamText?: string;
}

export type Answered<Answer> = { readonly answer: Answer } | { readonly failure: QuestionFailure };

const timeoutMs = 15_000;
const bytesMax = 8 * 1024 * 1024;
const upstreamTextLengthMax = 1_000;

/**
 * Asks the place of a channel something that costs nothing, by the channel's proxy and bounds. Never rejects.
 * @param requests one after the other; one that is refused ends it
 * @param read what their answers mean, in their order
 * @param signal ends the question, which then has failed
 */
export async function askUpstream<Answer>(
  { adapter, options }: Channel,
  key: ChannelKey,
  requests: () => readonly WireRequest[],
  read: (bodies: readonly unknown[]) => Answer,
  signal?: AbortSignal,
): Promise<Answered<Answer>> {
  const secrets = [...secretFields(adapter.config).map((name) => key.config[name]), options.proxy].filter(
    (value) => typeof value === 'string',
  );
  const fetcher = new SafeFetch({ allowPrivate: options.allowPrivate, proxy: options.proxy, responseBytesMax: bytesMax });
  try {
    const bodies: unknown[] = [];
    for (const request of requests()) {
      const response = await fetcher.fetch(request, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
      if (response.status !== 200) return { failure: refusalOf(adapter, response, await response.text(), secrets) };
      bodies.push(await response.json());
    }
    return { answer: read(bodies) };
  } catch (error) {
    return { failure: told(verdictOf(error), secrets) };
  } finally {
    await fetcher.close();
  }
}

function refusalOf(adapter: Channel['adapter'], response: SafeResponse, text: string, secrets: readonly string[]): QuestionFailure {
  const failure = { ...verdictForStatus(response.status, 'The upstream refused the question.'), ...judged(adapter, response, text) };
  return told(failure, secrets, response.status, text);
}

function judged(adapter: Channel['adapter'], { status, headers }: SafeResponse, text: string): Partial<Verdict> {
  const failure: UpstreamFailure = { status, headers, text: text.slice(0, 65_536), json: () => parsed(text) };
  return adapter.classify?.(failure) ?? {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function told({ code, message }: Verdict, secrets: readonly string[], status?: number, text = ''): QuestionFailure {
  const upstreamText = hideSecrets(text, secrets).slice(0, upstreamTextLengthMax);
  return {
    code,
    message: hideSecrets(message, secrets),
    ...(status === undefined ? {} : { status }),
    ...(upstreamText === '' ? {} : { upstreamText }),
  };
}

/** What the network says of it may hold addresses and stays here. */
function verdictOf(error: unknown): Verdict {
  if (error instanceof AddressRefusedError)
    return verdictForKind('network', 502, 'The channel leads to a private network, which it is not allowed to.', error.code);
  if (error instanceof SyntaxError || error instanceof TypeError)
    return verdictForKind('server', 502, 'The upstream answered with something that is not expected.', 'upstream_bad_answer');
  if (error instanceof Error && error.name === 'TimeoutError')
    return verdictForKind('timeout', 504, 'The upstream did not answer in time.', 'upstream_timeout');
  return verdictForKind('network', 502, 'The connection to the upstream failed.', 'upstream_connection_failed');
}
