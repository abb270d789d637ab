/**
 * What is measured. Every scenario is a closed loop of a number of connections, each sending the same request again as soon as its answer
 * has ended. `answer` is the first part of the upstream's path and chooses what the mock upstream says; the gateway calls a model by the
 * same name. `units` is what one answer counts as.
 */

const eventsPaced = 36;
const eventsAtOnce = 200;

const stream = { unit: 'event', endMark: '[DONE]' };
const paced = { ...stream, answer: 'paced', units: eventsPaced, connections: 24 };
const burst = { ...stream, answer: 'burst', units: eventsAtOnce, connections: 8 };
const translated = { gatewayDialect: 'claude-messages', gatewayEndMark: 'message_stop' };

export const scenarios = [
  { id: 'json-2k', title: 'JSON, 2 KB in, 1 KB out', answer: 'json', unit: 'request', units: 1, connections: 32, bodyBytes: 2_048 },
  { id: 'json-50k', title: 'JSON, 50 KB in', answer: 'json', unit: 'request', units: 1, connections: 16, bodyBytes: 51_200 },
  { id: 'json-1m', title: 'JSON, 1 MB in', answer: 'json', unit: 'request', units: 1, connections: 4, bodyBytes: 1_048_576 },
  { id: 'pass-paced', title: `SSE passed, ${eventsPaced} events 5 ms apart`, ...paced },
  { id: 'pass-burst', title: `SSE passed, ${eventsAtOnce} events at once`, ...burst },
  { id: 'translate-paced', title: 'SSE translated, paced', ...paced, ...translated },
  { id: 'translate-burst', title: 'SSE translated, at once', ...burst, ...translated },
].map((scenario) => ({ bodyBytes: 2_048, endMark: '', ...scenario }));

/** Every pair of dialects, toward the client and toward the upstream, with every content: what translating costs beside passing. */
export const pairContents = ['text', 'tools'];
const dialectIds = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'];
export const pairs = pairContents.flatMap((content) =>
  dialectIds.flatMap((client) =>
    dialectIds.map((upstream) => ({
      id: `${content}: ${client} → ${upstream}`,
      content,
      client,
      upstream,
      model: `${content}-${upstream}`,
    })),
  ),
);

/** Who is measured: the baseline, the same again to show the noise, and the gateway in both of its durabilities. */
export const variants = ['bare', 'control', 'power', 'process'];

/** The gateway on PostgreSQL, where a server is given, in the first scenario alone: the others tell nothing more of a database. */
export function variantsOf({ id }, servers) {
  return id === scenarios[0].id && servers.postgres !== undefined ? [...variants, 'postgres'] : variants;
}

export const pacedIntervalMs = 5;
export const slowIntervalMs = 1_000;
/** What a client that never reads is offered. */
export const floodBytes = 5_900_000;
export const answerEvents = { paced: eventsPaced, burst: eventsAtOnce, pair: eventsAtOnce };

/** The open loop that latency is measured with; `direct` goes to the upstream without anything between. */
export const latency = { requestsPerSecond: 200, connections: 64, variants: ['direct', ...variants] };

/** What can be chosen beside the scenarios. */
export const otherParts = ['latency', 'pairs', 'conversions', 'crowds', 'fleet'];

/** What takes many minutes: done only where it is asked for by name. */
export const longParts = ['soak', 'growth'];
