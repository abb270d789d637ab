import { FrameScanner } from '@tollgate/plugin-kit';
import type { UsageRow } from '../../support/usage-rows.js';
import { type DialectId, type Ending, eventsOf } from './breaking-upstream.js';

/**
 * What docs/settlement.md says of an ending, reckoned from the recorded bytes and from what the client saw. It shares no code with the relay.
 */
export interface Expected {
  readonly ending: string;
  readonly policy: string;
  readonly fallback: string | undefined;
  /** Exact figures, or bounds where something is estimated. */
  readonly input: Range;
  readonly cacheRead: number;
  readonly output: Range;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export type Policy = 'upstream-actual' | 'delivered' | 'free';

/** What the client saw of its answer. */
export interface Seen {
  /** Undefined where it left before there was one. */
  readonly status: number | undefined;
  readonly text: string;
  readonly requestBytes: number;
}

interface Stated {
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
}

type Json = Readonly<Record<string, unknown>>;

const nothing = { input: exactly(0), cacheRead: 0, output: exactly(0) };

export function expectedOf(ending: Ending, policy: Policy, seen: Seen): Expected {
  const { happening, upstream, events } = ending;
  const came = jsonOf(eventsOf(upstream).slice(0, events));
  const stated = statedIn(upstream, came);
  const reached = seen.status === 200;
  if (happening === 'left') {
    const inAll = statedIn(upstream, jsonOf(eventsOf(upstream)));
    return { ending: 'client-left', ...charged(policy, inAll, () => (reached ? delivered(ending, stated, seen) : undefined)) };
  }
  if (!happening.startsWith('error') && isWhole(ending, came)) {
    if (stated !== undefined) return { ending: 'complete', ...charged('upstream-actual', stated, () => undefined) };
    return { ending: 'no-usage', ...charged('delivered', undefined, () => delivered(ending, stated, seen)) };
  }
  if (!reached) return burnt(policy, stated);
  const names = {
    cut: 'upstream-cut',
    ended: 'upstream-cut',
    silent: 'timeout',
    error: 'error-inside',
    'error-at-once': 'error-inside',
  } as const;
  return { ending: names[happening], ...charged(policy, stated, () => delivered(ending, stated, seen)) };
}

type Figures = Pick<Expected, 'input' | 'cacheRead' | 'output'>;

/** The columns of the table. */
function charged(policy: Policy, stated: Stated | undefined, delivering: () => Figures | undefined): Omit<Expected, 'ending'> {
  if (policy === 'free') return { policy, fallback: undefined, ...nothing };
  if (policy === 'upstream-actual' && stated !== undefined) return { policy, fallback: undefined, ...statedAlone(stated) };
  const fallback = policy === 'upstream-actual' ? 'not-stated' : undefined;
  const figures = delivering();
  return figures === undefined ? { policy: 'not-delivered', fallback, ...nothing } : { policy: 'delivered', fallback, ...figures };
}

/** Nothing reached the client: only what the failed attempt burnt may be charged, and only by the upstream's own figures. */
function burnt(policy: Policy, stated: Stated | undefined): Expected {
  if (stated === undefined) return { ending: 'failed', policy: 'not-delivered', fallback: undefined, ...nothing };
  const paid = policy === 'upstream-actual' ? statedAlone(stated) : nothing;
  return { ending: 'burnt-attempt', policy: policy === 'delivered' ? 'not-delivered' : policy, fallback: undefined, ...paid };
}

function statedAlone({ input, cacheRead, output }: Stated): Figures {
  return { input: exactly(input), cacheRead, output: exactly(output) };
}

/** Stated input, or its estimate; of the output no less than was stated, and some of what the client has; no more tokens than bytes were sent. */
function delivered({ upstream, events }: Ending, stated: Stated | undefined, { text, requestBytes }: Seen): Figures {
  const sentBytes = Buffer.byteLength(textIn(upstream, jsonOf(eventsOf(upstream).slice(0, events))));
  const min = Math.max(stated?.output ?? 0, Math.floor(text.length / 8));
  return {
    input: stated === undefined ? { min: 1, max: requestBytes } : exactly(stated.input),
    cacheRead: stated?.cacheRead ?? 0,
    output: { min, max: Math.max(min, sentBytes + 1) },
  };
}

function exactly(figure: number): Range {
  return { min: figure, max: figure };
}

/** Whether the events say that the answer is complete: by the vendors' documents, each names a reason to stop. */
function isWhole({ upstream, happening }: Ending, events: readonly Json[]): boolean {
  // Gemini promises no last event: a response that ends in order is an answer.
  if (upstream === 'gemini' && happening === 'ended') return events.length > 0;
  return events.some((event) => {
    if (upstream === 'openai-chat') return part(event, 'choices', 0, 'finish_reason') !== null && part(event, 'choices', 0) !== undefined;
    if (upstream === 'claude-messages') return event['type'] === 'message_delta';
    return upstream === 'gemini' ? part(event, 'candidates', 0, 'finishReason') !== undefined : event['type'] === 'response.completed';
  });
}

/** The newest figures; undefined where there are none. None of these recordings writes to a cache. */
function statedIn(upstream: DialectId, events: readonly Json[]): Stated | undefined {
  const usages = events.map((event) => part(event, ...usagePaths[upstream]) ?? event['usage']).filter((usage) => usage !== null);
  const usage = Object.assign({}, ...usages) as Json;
  if (Object.keys(usage).length === 0) return undefined;
  const count = (...path: readonly (string | number)[]): number => Number(part(usage, ...path) ?? 0);
  switch (upstream) {
    case 'openai-chat':
      return {
        input: count('prompt_tokens'),
        cacheRead: count('prompt_tokens_details', 'cached_tokens'),
        output: count('completion_tokens'),
      };
    case 'openai-responses':
      return { input: count('input_tokens'), cacheRead: count('input_tokens_details', 'cached_tokens'), output: count('output_tokens') };
    case 'claude-messages': {
      const cacheRead = count('cache_read_input_tokens');
      return { input: count('input_tokens') + cacheRead, cacheRead, output: count('output_tokens') };
    }
    case 'gemini':
      return {
        input: count('promptTokenCount'),
        cacheRead: count('cachedContentTokenCount'),
        output: count('candidatesTokenCount') + count('thoughtsTokenCount'),
      };
  }
}

const usagePaths: Readonly<Record<DialectId, readonly string[]>> = {
  'openai-chat': ['usage'],
  'openai-responses': ['response', 'usage'],
  'claude-messages': ['message', 'usage'],
  gemini: ['usageMetadata'],
};

const textPaths: Readonly<Record<DialectId, readonly (string | number)[]>> = {
  'openai-chat': ['choices', 0, 'delta', 'content'],
  'openai-responses': ['delta'],
  'claude-messages': ['delta', 'text'],
  gemini: ['candidates', 0, 'content', 'parts', 0, 'text'],
};

/** The text of an answer in any of the dialects. */
export function textIn(dialect: DialectId, events: readonly Json[]): string {
  return events
    .map((event) => part(event, ...textPaths[dialect]))
    .filter((text) => typeof text === 'string')
    .join('');
}

/** The JSON of the events in these bytes; half an event is none. */
export function jsonOf(bytes: readonly Buffer[]): readonly Json[] {
  const events: Json[] = [];
  const scanner = new FrameScanner('sse', (data) => {
    if (data.startsWith('{')) events.push(JSON.parse(data) as Json);
  });
  for (const piece of bytes) scanner.push(piece);
  return events;
}

function part(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Json)[key] : undefined), value);
}

/** Input at 1 point a token, output at 2, input from the cache at a half. */
function costOf({ input, cacheRead, output }: Stated): string {
  return String(input - cacheRead / 2 + output * 2);
}

/** What a receipt says that the reckoner does not, in words; nothing if they agree. */
export function differencesOf(row: UsageRow | undefined, expected: Expected): readonly string[] {
  if (row === undefined) return ['no receipt'];
  const differences = (['ending', 'policy', 'fallback'] as const)
    .filter((name) => row[name] !== expected[name])
    .map((name) => `${name} ${row[name]} instead of ${expected[name]}`);
  for (const name of ['input', 'output'] as const) {
    const { min, max } = expected[name];
    if (row.usage[name] < min || row.usage[name] > max) differences.push(`${name} ${row.usage[name]}, not within ${min} and ${max}`);
  }
  if (row.usage.cacheRead !== expected.cacheRead) differences.push(`from the cache ${row.usage.cacheRead}, not ${expected.cacheRead}`);
  if (row.cost !== costOf(row.usage)) differences.push(`${row.cost} points for ${JSON.stringify(row.usage)}`);
  if (row.suspicious) differences.push('suspicious');
  return differences;
}
