import {
  type PluginIo,
  type ProviderAdapter,
  type ProviderCall,
  UpstreamError,
  type UpstreamFailure,
  type Verdict,
  verdictForKind,
  verdictForStatus,
  type WireRequest,
} from '@tollgate/plugin-kit';
import { hideSecrets } from '../../foundation/hide-secrets.js';
import type { Logger } from '../../foundation/logger.js';
import { SafeFetch, type SafeResponse } from '../../foundation/safe-fetch.js';
import { AddressRefusedError } from '../../foundation/safe-fetch-errors.js';
import { unlessAborted } from '../../foundation/unless-aborted.js';
import { type Channel, type ChannelKey, type ChannelOptions, changedHeaders, secretsOf } from '../channels/index.js';

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

/** What asking needs of its surroundings: network and storage for adapters that sign. */
export interface UpstreamAsker {
  readonly ioOf: (adapter: ProviderAdapter, signal: AbortSignal, way: ChannelOptions) => PluginIo;
  /** How the gateway calls itself at upstreams, unless the channel says otherwise. */
  readonly userAgent: string;
  readonly log: Logger;
}

/** Something that costs nothing, asked of the place of a channel. */
export interface UpstreamQuestion<Answer> {
  readonly channel: Channel;
  readonly key: ChannelKey;
  /** One after the other; one that is refused ends it. */
  readonly requests: () => readonly WireRequest[];
  /** What their answers mean, in their order. */
  readonly read: (bodies: readonly unknown[]) => Answer;
  /** Ends the question, which then has failed. */
  readonly signal?: AbortSignal | undefined;
}

/** `ofKey`: another key may be answered. */
export type AskedOnce<Answer> = { readonly answer: Answer } | { readonly failure: QuestionFailure; readonly ofKey: boolean };

const timeoutMs = 15_000;
const bytesMax = 8 * 1024 * 1024;
const upstreamTextLengthMax = 1_000;

/** Goes by the channel's proxy and bounds, signed and with its rules for headers as calls are. Never rejects. */
export async function askUpstream<Answer>(
  asker: UpstreamAsker,
  { channel, key, requests, read, signal }: UpstreamQuestion<Answer>,
): Promise<AskedOnce<Answer>> {
  const { adapter, options } = channel;
  let secrets = secretsOf(channel, key);
  const fetcher = new SafeFetch({ allowPrivate: options.allowPrivate, proxy: options.proxy, responseBytesMax: bytesMax });
  try {
    const bodies: unknown[] = [];
    for (const request of requests()) {
      const signedWith = await signatureFor(asker, request, channel, key, signal);
      secrets = secretsOf(channel, key, signedWith);
      const wire = { ...request, headers: { ...request.headers, ...signedWith } };
      const headers = changedHeaders({ 'user-agent': asker.userAgent, ...wire.headers }, options.headers, '');
      const response = await fetcher.fetch({ ...wire, headers }, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
      if (response.status === 401) tellRefused(asker, wire, channel, key);
      if (response.status !== 200) return refusalOf(adapter, response, await response.text(), secrets);
      bodies.push(await response.json());
    }
    return { answer: read(bodies) };
  } catch (error) {
    return failed(verdictOf(error), secrets);
  } finally {
    await fetcher.close();
  }
}

async function signatureFor(
  { ioOf }: UpstreamAsker,
  request: WireRequest,
  { adapter, options }: Channel,
  key: ChannelKey,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const asked = askedAs(adapter, key);
  if (adapter.sign === undefined || asked === undefined) return {};
  const inTime = AbortSignal.timeout(timeoutMs);
  const ending = signal === undefined ? inTime : AbortSignal.any([signal, inTime]);
  return unlessAborted(adapter.sign(request, asked, ioOf(adapter, ending, options)), ending);
}

/** What the adapter signed with was refused. That it fails to hear of it changes nothing about what the upstream has said. */
function tellRefused({ log }: UpstreamAsker, { headers }: WireRequest, { adapter, name }: Channel, key: ChannelKey): void {
  const asked = askedAs(adapter, key);
  if (adapter.sign === undefined || asked === undefined) return;
  try {
    adapter.refused?.(headers, asked);
  } catch (error) {
    log.error({ err: error, channel: name }, 'An adapter failed');
  }
}

/** A question is of no model, and in the first dialect that the place speaks. */
function askedAs({ speaks: [spoken] }: ProviderAdapter, { config }: ChannelKey): ProviderCall<Record<string, unknown>> | undefined {
  if (spoken === undefined) return undefined;
  const { dialect } = spoken;
  return { config, model: '', stream: false, framing: dialect.framing, dialect, clientHeaders: {} };
}

function refusalOf(adapter: Channel['adapter'], response: SafeResponse, text: string, secrets: readonly string[]): AskedOnce<never> {
  const verdict = { ...verdictForStatus(response.status, 'The upstream refused the question.'), ...judged(adapter, response, text) };
  return failed(verdict, secrets, response.status, text);
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

function failed(verdict: Verdict, secrets: readonly string[], status?: number, text?: string): AskedOnce<never> {
  return { failure: told(verdict, secrets, status, text), ofKey: verdict.scope === 'key' };
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
  if (UpstreamError.isInstance(error)) return error.verdict;
  if (error instanceof AddressRefusedError)
    return verdictForKind('network', 502, 'The channel leads to a private network, which it is not allowed to.', error.code);
  if (error instanceof SyntaxError || error instanceof TypeError)
    return verdictForKind('server', 502, 'The upstream answered with something that is not expected.', 'upstream_bad_answer');
  if (error instanceof Error && error.name === 'TimeoutError')
    return verdictForKind('timeout', 504, 'The upstream did not answer in time.', 'upstream_timeout');
  return verdictForKind('network', 502, 'The connection to the upstream failed.', 'upstream_connection_failed');
}
