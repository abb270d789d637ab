import type { CanonicalRequest, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { isOwnModel, isReasoningModel, takesSampling, takesStopSequences } from '../model-families.js';

const stopSequencesMax = 4;

/** How to sample. What the vendor's reasoning models would refuse the whole request for is left out, and said unless it is their default. */
export function encodeSampling(request: CanonicalRequest, context: CodecContext): JsonObject {
  const { model, sampling, thinking } = request;
  if (sampling === undefined) return {};
  if (sampling.topK !== undefined) context.lose({ field: 'topK', how: 'dropped', why: 'This dialect has no top-k sampling.' });
  const take = (field: string, value: number | undefined, usual: number, isTaken: boolean): number | undefined => {
    if (isTaken || value === undefined) return value;
    if (value !== usual) context.lose({ field, how: 'dropped', why: `${model} takes none while it reasons.` });
    return undefined;
  };
  const isSampled = takesSampling(model, thinking);
  const isPenalised = !isReasoningModel(model);
  return defined({
    temperature: take('temperature', sampling.temperature, 1, isSampled),
    top_p: take('topP', sampling.topP, 1, isSampled),
    seed: sampling.seed,
    presence_penalty: take('presencePenalty', sampling.presencePenalty, 0, isPenalised),
    frequency_penalty: take('frequencyPenalty', sampling.frequencyPenalty, 0, isPenalised),
  });
}

/** Where to stop, within the limits of the vendor's own models. */
export function encodeStop(request: CanonicalRequest, context: CodecContext): readonly string[] | undefined {
  const { model, stopSequences } = request;
  if (stopSequences === undefined || stopSequences.length === 0) return undefined;
  if (!takesStopSequences(model)) {
    context.lose({ field: 'stopSequences', how: 'dropped', why: `${model} takes no stop sequences.` });
    return undefined;
  }
  if (!isOwnModel(model) || stopSequences.length <= stopSequencesMax) return stopSequences;
  context.lose({ field: 'stopSequences', how: 'coerced', why: `${model} takes no more than ${stopSequencesMax} stop sequences.` });
  return stopSequences.slice(0, stopSequencesMax);
}
