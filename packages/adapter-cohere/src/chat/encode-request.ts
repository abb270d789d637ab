import type { CanonicalRequest, CodecContext, JsonObject, Sampling, Thinking } from '@tollgate/plugin-kit';
import { drop } from '../wire.js';
import { encodeMessages } from './encode-messages.js';
import { encodeTools } from './encode-tools.js';

const stopSequencesMax = 5;

/** Models that never think. */
const thoughtlessModels = /^(?:command-(?:a-(?:03|vision|translate)|r)|c4ai-)/i;

/** Models that can be told how to think; they think unless told otherwise (user guide, "Reasoning"). Others refuse the field. */
const thinkingModels = /reasoning/i;

/** The body of `POST /v2/chat` (API reference, "Chat API (v2)"; https://docs.cohere.com/v2/reference/chat). */
export function encodeRequest(request: CanonicalRequest, context: CodecContext): JsonObject {
  loseUnknown(request, context);
  const tools = encodeTools(request, context);
  return {
    model: request.model,
    messages: encodeMessages(request.turns, context),
    ...(request.stream ? { stream: true } : {}),
    ...tools,
    ...encodeFormat(request, 'tools' in tools, context),
    ...(request.outputTokensMax === undefined ? {} : { max_tokens: request.outputTokensMax }),
    ...encodeStops(request, context),
    ...encodeSampling(request.sampling ?? {}, context),
    ...encodeThinking(request, context),
  };
}

function loseUnknown({ endUser, extensions = {} }: CanonicalRequest, context: CodecContext): void {
  if (endUser !== undefined) drop('endUser', 'Cohere has no field for it.', context);
  for (const [dialect, fields] of Object.entries(extensions))
    for (const field of Object.keys(fields)) drop(field, `Only ${dialect} knows this field.`, context);
}

/** JSON, by a schema or not, cannot be had together with tools (user guide, "Structured Outputs"). */
function encodeFormat({ format }: CanonicalRequest, hasTools: boolean, context: CodecContext): JsonObject {
  if (format === undefined) return {};
  if (hasTools) return drop('response_format', 'Cohere cannot be held to a format where there are tools.', context) ?? {};
  return { response_format: { type: 'json_object', ...(format.type === 'json' ? {} : { json_schema: format.schema }) } };
}

function encodeStops({ stopSequences = [] }: CanonicalRequest, context: CodecContext): JsonObject {
  if (stopSequences.length === 0) return {};
  if (stopSequences.length > stopSequencesMax)
    context.lose({ field: 'stop_sequences', how: 'coerced', why: `Cohere takes ${stopSequencesMax} stop sequences: the first ones.` });
  return { stop_sequences: stopSequences.slice(0, stopSequencesMax) };
}

/** What Cohere calls each setting, and what it takes (API reference). */
const settings: readonly { readonly field: keyof Sampling; readonly name: string; readonly min: number; readonly max: number }[] = [
  { field: 'temperature', name: 'temperature', min: 0, max: Number.POSITIVE_INFINITY },
  { field: 'topP', name: 'p', min: 0.01, max: 0.99 },
  { field: 'topK', name: 'k', min: 0, max: 500 },
  { field: 'seed', name: 'seed', min: 0, max: Number.POSITIVE_INFINITY },
  { field: 'frequencyPenalty', name: 'frequency_penalty', min: 0, max: 1 },
  { field: 'presencePenalty', name: 'presence_penalty', min: 0, max: 1 },
];

function encodeSampling(sampling: Sampling, context: CodecContext): JsonObject {
  const given = settings.flatMap(({ field, name, min, max }) => {
    const value = sampling[field];
    if (value === undefined) return [];
    const accepted = Math.min(Math.max(value, min), max);
    if (accepted !== value) context.lose({ field, how: 'coerced', why: `Cohere takes ${field} from ${min} to ${max}.` });
    return [[name, accepted] as const];
  });
  return withOnePenalty(Object.fromEntries(given), context);
}

/** A request with both penalties is refused, and one of zero is none. */
function withOnePenalty(
  { frequency_penalty: frequency = 0, presence_penalty: presence = 0, ...others }: JsonObject,
  context: CodecContext,
): JsonObject {
  if (frequency === 0) return presence === 0 ? others : { ...others, presence_penalty: presence };
  if (presence !== 0) drop('presencePenalty', 'Cohere takes one of the two penalties: that of the frequency was taken.', context);
  return { ...others, frequency_penalty: frequency };
}

/** Cohere knows how many tokens a model may think, and no effort. */
const budgetByEffort: Readonly<Record<NonNullable<Thinking['effort']>, number | undefined>> = {
  minimal: 512,
  low: 2_048,
  medium: 8_192,
  high: undefined,
  max: undefined,
};

function encodeThinking({ thinking }: CanonicalRequest, context: CodecContext): JsonObject {
  if (thinking === undefined) return {};
  const { mode, effort, budgetTokens } = thinking;
  if (mode === 'auto' && effort === undefined && budgetTokens === undefined) return {};
  if (mode === 'off' && thoughtlessModels.test(context.model.id)) return {};
  if (!thinkingModels.test(context.model.id)) return drop('thinking', 'Cohere cannot tell this model how to think.', context) ?? {};
  if (mode === 'off') return { thinking: { type: 'disabled' } };
  if (effort !== undefined && budgetTokens === undefined)
    context.lose({ field: 'thinking.effort', how: 'coerced', why: 'Cohere takes a budget and no effort.' });
  const budget = budgetTokens ?? (effort === undefined ? undefined : budgetByEffort[effort]);
  return { thinking: { type: 'enabled', ...(budget === undefined ? {} : { token_budget: Math.max(1, budget) }) } };
}
