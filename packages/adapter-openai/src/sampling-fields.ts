import type { JsonObject, Sampling } from '@tollgate/plugin-kit';
import { defined } from './defined.js';
import { optionalNumber, requireArray, requireName } from './request-fields.js';

/** One sequence or a list of them. @throws BadRequestError */
export function readStop(stop: unknown): readonly string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  if (typeof stop === 'string') return [requireName(stop, 'stop')];
  return requireArray(stop, 'stop').map((sequence, index) => requireName(sequence, `stop.${index}`));
}

/** Undefined where nothing is said of it. @throws BadRequestError */
export function readSampling(body: JsonObject): Sampling | undefined {
  const sampling = defined({
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
    topK: optionalNumber(body['top_k'], 'top_k'),
    seed: optionalNumber(body['seed'], 'seed'),
    presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty'),
    frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty'),
  });
  return Object.keys(sampling).length === 0 ? undefined : sampling;
}
