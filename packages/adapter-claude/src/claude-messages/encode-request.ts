import type { CanonicalRequest, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { encodeTools } from './encode-tools.js';
import { encodeTurns } from './encode-turns.js';
import { fitThinking } from './foreign-seals.js';
import { loseForeignExtensions } from './losses.js';
import { traitsOf } from './model-traits.js';
import { encodeThinking, outputTokensDefault } from './thinking.js';
import { dialectId, type MessageCreateParamsBase } from './wire.js';

interface EncodedSampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

/** The body of a messages request, ready to be sent. */
export function encodeRequest(request: CanonicalRequest, context: CodecContext): JsonObject {
  loseForeignExtensions(request, context);
  const { system, messages } = encodeTurns(request.turns, context);
  const outputTokensMax = request.outputTokensMax ?? context.model.outputTokensMax ?? outputTokensDefault;
  const { thinking, effort } = encodeThinking(request, outputTokensMax, context);
  const format = encodeFormat(request, context);
  const stopSequences = encodeStopSequences(request, context);
  const body: MessageCreateParamsBase & EncodedSampling = {
    model: request.model,
    max_tokens: outputTokensMax,
    messages,
    ...(system.length > 0 ? { system } : {}),
    ...encodeTools(request, context),
    ...(stopSequences.length > 0 ? { stop_sequences: stopSequences } : {}),
    ...encodeSampling(request, thinking !== undefined && thinking.type !== 'disabled', context),
    ...(thinking === undefined ? {} : { thinking }),
    ...(effort === undefined && format === undefined ? {} : { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
    ...(request.endUser === undefined ? {} : { metadata: { user_id: request.endUser } }),
    ...(request.stream ? { stream: true } : {}),
  };
  const whole: JsonObject = { ...request.extensions?.[dialectId], ...body };
  fitThinking(whole, context);
  return whole;
}

function encodeFormat({ format }: CanonicalRequest, context: CodecContext): { type: 'json_schema'; schema: JsonObject } | undefined {
  if (format?.type === 'json-schema') return { type: 'json_schema', schema: format.schema };
  if (format !== undefined) context.lose({ field: 'response_format', how: 'dropped', why: 'Claude writes JSON by a schema only.' });
  return undefined;
}

function encodeStopSequences(request: CanonicalRequest, context: CodecContext): string[] {
  const sequences = request.stopSequences ?? [];
  const accepted = sequences.filter((sequence) => sequence.trim() !== '');
  if (accepted.length < sequences.length)
    context.lose({ field: 'stop_sequences', how: 'dropped', why: 'Claude refuses stop sequences of white space only.' });
  return accepted;
}

function encodeSampling(request: CanonicalRequest, thinks: boolean, context: CodecContext): EncodedSampling {
  const { temperature, topP, topK, seed, presencePenalty, frequencyPenalty } = request.sampling ?? {};
  const drop = (field: string, value: unknown, why: string): void => {
    if (value !== undefined) context.lose({ field, how: 'dropped', why });
  };
  drop('seed', seed, 'Claude has no seed.');
  drop('presence_penalty', presencePenalty, 'Claude has no penalties.');
  drop('frequency_penalty', frequencyPenalty, 'Claude has no penalties.');
  if (thinks || !traitsOf(request.model).sampling) {
    const why = thinks ? 'Claude refuses it while thinking.' : 'This model refuses it.';
    drop('temperature', temperature, why);
    drop('top_p', topP, why);
    drop('top_k', topK, why);
    return {};
  }
  if (temperature !== undefined && temperature > 1)
    context.lose({ field: 'temperature', how: 'coerced', why: 'Claude goes up to 1 only.' });
  return {
    ...(temperature === undefined ? {} : { temperature: Math.min(temperature, 1) }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
  };
}
