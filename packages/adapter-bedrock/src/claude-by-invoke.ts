import { claudeMessages } from '@tollgate/adapter-claude';
import {
  type ClientHeaders,
  type CodecContext,
  type Dialect,
  extendDialect,
  type Frame,
  type JsonObject,
  objectIn,
} from '@tollgate/plugin-kit';
import { claudeError } from './failures.js';

const version = 'bedrock-2023-05-31';

/** Beta features that Bedrock knows (user guide, "Anthropic Claude Messages API"); it refuses requests that name another one. */
const betas: ReadonlySet<string> = new Set([
  'compact-2026-01-12',
  'computer-use-2024-10-22',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'dev-full-thinking-2025-05-14',
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'output-128k-2025-02-19',
  'token-efficient-tools-2025-02-19',
  'tool-examples-2025-10-29',
  'tool-search-tool-2025-10-19',
]);

/** Claude's messages as `InvokeModel` takes them: the address says the model, AWS's event stream carries the events. */
export const claudeByInvoke: Dialect = extendDialect(claudeMessages, {
  id: 'bedrock-claude',
  framing: 'aws-event-stream',
  unwrap,
  edits: { request: editRequest },
  // It opens no addresses.
  needsBytes: ({ media }) => media === 'image' || media === 'file',
});

function editRequest(body: JsonObject, context: CodecContext, clientHeaders: ClientHeaders = {}): void {
  delete body['model'];
  delete body['stream'];
  body['anthropic_version'] = version;
  const asked = betasIn(body['anthropic_beta'], clientHeaders['anthropic-beta']);
  delete body['anthropic_beta'];
  const known = asked.filter((beta) => betas.has(beta));
  if (known.length > 0) body['anthropic_beta'] = known;
  if (known.length < asked.length)
    context.lose({ field: 'anthropic-beta', how: 'dropped', why: 'Bedrock refuses features it does not have.' });
  for (const part of cachedParts(body)) delete objectIn(part['cache_control'])?.['scope'];
}

function betasIn(...stated: readonly unknown[]): readonly string[] {
  const texts = stated.flat().filter((value): value is string => typeof value === 'string');
  return [...new Set(texts.flatMap((text) => text.split(',')).map((text) => text.trim()))].filter((text) => text !== '');
}

/** Where marks for the cache stand: how far they reach is nothing that Bedrock can be told. */
function cachedParts(body: JsonObject): readonly JsonObject[] {
  const { system, tools, messages } = body;
  const contents = objectsIn(messages).flatMap(({ content }) => objectsIn(content));
  return [body, ...objectsIn(system), ...objectsIn(tools), ...contents];
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectIn).filter((item) => item !== undefined) : [];
}

/** The event inside a chunk, or the error that an exception is. */
function unwrap({ data, event = '' }: Frame): Frame {
  const payload = objectIn(data === '' ? {} : JSON.parse(data)) ?? {};
  const { bytes, message } = payload;
  if (typeof bytes !== 'string') {
    const error = claudeError(event, typeof message === 'string' ? message : '');
    return { event: 'error', data: JSON.stringify(error) };
  }
  const inner = Buffer.from(bytes, 'base64').toString();
  const name = /^\s*\{\s*"type"\s*:\s*"(\w+)"/.exec(inner)?.[1];
  return name === undefined ? { data: inner } : { data: inner, event: name };
}
