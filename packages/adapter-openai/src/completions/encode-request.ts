import type { CanonicalRequest, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { reportOnce } from '../report-once.js';
import { isObject } from '../request-fields.js';
import { encodePrompt } from './encode-prompt.js';
import { completionsDialectId } from './wire.js';

/** The body for an upstream that completes texts. Streams are always asked for usage: calls are billed by it. */
export function encodeRequest(request: CanonicalRequest, givenContext: CodecContext): JsonObject {
  const context = reportOnce(givenContext);
  for (const field of unknownWishes(request))
    context.lose({ field, how: 'dropped', why: 'A model that completes texts knows nothing of it.' });
  const { sampling = {}, outputTokensMax, stopSequences, endUser, stream } = request;
  if (sampling.topK !== undefined) context.lose({ field: 'topK', how: 'dropped', why: 'This dialect has no top-k sampling.' });
  const { stream_options: streamOptions, ...extensions } = ownExtensions(request, context);
  return defined({
    ...extensions,
    model: request.model,
    prompt: encodePrompt(request.turns, context),
    max_tokens: outputTokensMax,
    stop: stopSequences?.length === 0 ? undefined : stopSequences,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    user: endUser,
    stream: stream ? true : undefined,
    stream_options: stream ? { ...(isObject(streamOptions) ? streamOptions : {}), include_usage: true } : undefined,
  });
}

/** What only a model that chats can do. Leaving it to the model, or wanting none of it, is nothing that could be lost. */
function unknownWishes({ tools = [], toolChoice, parallelToolCalls, thinking, format }: CanonicalRequest): readonly string[] {
  const wishes: Readonly<Record<string, boolean>> = {
    tools: tools.length > 0,
    toolChoice: toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none',
    parallelToolCalls: parallelToolCalls === false,
    thinking: thinking?.mode === 'on' || thinking?.effort !== undefined,
    format: format !== undefined,
  };
  return Object.keys(wishes).filter((field) => wishes[field] === true);
}

function ownExtensions(request: CanonicalRequest, context: CodecContext): JsonObject {
  for (const [dialect, fields] of Object.entries(request.extensions ?? {})) {
    if (dialect === completionsDialectId) continue;
    for (const field of Object.keys(fields)) context.lose({ field, how: 'dropped', why: `Only ${dialect} knows this field.` });
  }
  return request.extensions?.[completionsDialectId] ?? {};
}
