import { type CanonicalRequest, type CodecContext, type JsonObject, objectIn } from '@tollgate/plugin-kit';
import { additionalFields } from './additional-fields.js';
import { DocumentNames } from './encode-media.js';
import { encodeTools } from './encode-tools.js';
import { encodeTurns } from './encode-turns.js';
import { type ModelTraits, traitsOf } from './model-traits.js';
import { dialectId, drop } from './wire.js';

/** The body of `Converse` and `ConverseStream`: the address says the model and whether the answer is streamed. */
export function encodeRequest(request: CanonicalRequest, context: CodecContext): JsonObject {
  loseUnknown(request, context);
  // The name may be an alias, which says nothing; what the request goes to is in the context.
  const traits = traitsOf(context.model.id);
  const encoding = { context, traits, names: new DocumentNames() };
  const { system, messages } = encodeTurns(request.turns, encoding);
  const additional = additionalFields({ ...request, model: context.model.id }, traits, context);
  const inference = encodeInference(request, additional, context);
  return {
    messages,
    ...(system.length > 0 ? { system } : {}),
    ...(Object.keys(inference).length > 0 ? { inferenceConfig: inference } : {}),
    ...encodeTools(request, encoding),
    ...encodeFormat(request, traits, context),
    ...(Object.keys(additional).length > 0 ? { additionalModelRequestFields: additional } : {}),
  };
}

function loseUnknown({ sampling, endUser, extensions = {} }: CanonicalRequest, context: CodecContext): void {
  for (const field of ['seed', 'presencePenalty', 'frequencyPenalty'] as const)
    if (sampling?.[field] !== undefined) drop(field, 'Bedrock has no such setting.', context);
  if (endUser !== undefined) drop('endUser', 'Bedrock has no field for it.', context);
  for (const [dialect, fields] of Object.entries(extensions))
    if (dialect !== dialectId) for (const field of Object.keys(fields)) drop(field, `Only ${dialect} knows this field.`, context);
}

function encodeInference(request: CanonicalRequest, additional: JsonObject, context: CodecContext): JsonObject {
  // Bedrock counts the limit against the account's quota as soon as it is asked: nobody's limit is made up.
  const { outputTokensMax, stopSequences = [], sampling = {} } = request;
  const stops = stopSequences.filter((sequence) => sequence.trim() !== '');
  if (stops.length < stopSequences.length) drop('stop_sequences', 'Bedrock refuses stop sequences of white space only.', context);
  const numbers = { maxTokens: outputTokensMax, temperature: sampling.temperature, topP: sampling.topP };
  const isUnbound = objectIn(additional['reasoningConfig'])?.['maxReasoningEffort'] === 'high';
  const isThinkingClaude = additional['thinking'] !== undefined && objectIn(additional['thinking'])?.['type'] !== 'disabled';
  const refused = isUnbound ? ['maxTokens', 'temperature', 'topP'] : isThinkingClaude ? ['temperature', 'topP'] : [];
  const given = Object.entries(numbers).filter(([field, value]) => {
    if (value !== undefined && refused.includes(field)) drop(field, 'The model refuses it while thinking like this.', context);
    return value !== undefined && !refused.includes(field);
  });
  return { ...Object.fromEntries(given), ...(stops.length > 0 ? { stopSequences: stops } : {}) };
}

/** Structured outputs (API reference, `OutputConfig`): the schema is a text. */
function encodeFormat(
  { format }: CanonicalRequest,
  { structuredOutput }: ModelTraits,
  context: CodecContext,
): { readonly outputConfig?: JsonObject } {
  if (format === undefined) return {};
  if (format.type === 'json' || !structuredOutput) {
    const why = format.type === 'json' ? 'Bedrock holds models to JSON by a schema only.' : 'This model cannot be held to a schema.';
    drop('response_format', why, context);
    return {};
  }
  const jsonSchema = { name: format.name, schema: JSON.stringify(format.schema) };
  return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
}
