import {
  BadRequestError,
  type CanonicalRequest,
  type JsonObject,
  type OutputFormat,
  type Sampling,
  type Thinking,
} from '@tollgate/plugin-kit';
import { defined } from './defined.js';
import type { RequestFields } from './request-fields.js';
import { fromGeminiSchema } from './schema-from-gemini.js';

/** `generationConfig` in canonical words, with what of it only this dialect knows. */
export interface DecodedGeneration {
  readonly settings: Pick<CanonicalRequest, 'outputTokensMax' | 'stopSequences' | 'sampling' | 'thinking' | 'format'>;
  readonly extension: JsonObject;
}

/** @throws BadRequestError */
export function decodeGenerationConfig(config: RequestFields | undefined): DecodedGeneration {
  if (config === undefined) return { settings: {}, extension: {} };
  refuseSeveralCandidates(config);
  const stops = config.strings('stopSequences');
  const thinkingConfig = config.object('thinkingConfig');
  const settings = defined({
    outputTokensMax: config.count('maxOutputTokens'),
    stopSequences: stops !== undefined && stops.length > 0 ? stops : undefined,
    sampling: decodeSampling(config),
    thinking: thinkingConfig === undefined ? undefined : decodeThinking(thinkingConfig),
    format: decodeFormat(config),
  });
  const kept = ownSettings(config);
  return { settings, extension: Object.keys(kept).length > 0 ? { generationConfig: kept } : {} };
}

function refuseSeveralCandidates(config: RequestFields): void {
  const field = config.at('candidateCount');
  if ((config.count('candidateCount') ?? 1) > 1)
    throw new BadRequestError(`${field}: several candidates are answered only by upstreams of this dialect; ask for one.`, field);
}

function decodeSampling(config: RequestFields): Sampling | undefined {
  const sampling = defined({
    temperature: config.number('temperature'),
    topP: config.number('topP'),
    topK: config.number('topK'),
    seed: config.number('seed'),
    presencePenalty: config.number('presencePenalty'),
    frequencyPenalty: config.number('frequencyPenalty'),
  });
  return Object.keys(sampling).length > 0 ? sampling : undefined;
}

const effortsByLevel: Readonly<Record<string, Thinking['effort']>> = { MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' };

/** A budget of 0 turns thinking off, −1 leaves it to the model (guide "Thinking"). Thoughts are shown on demand only. */
function decodeThinking(config: RequestFields): Thinking | undefined {
  const budget = config.number('thinkingBudget');
  const effort = effortsByLevel[config.string('thinkingLevel')?.toUpperCase() ?? ''];
  const shown = config.boolean('includeThoughts') === true;
  if (effort !== undefined) return { mode: 'on', effort, shown };
  if (budget === 0) return { mode: 'off' };
  if (budget === undefined && !shown) return undefined;
  return budget === undefined || budget < 0 ? { mode: 'auto', shown } : { mode: 'on', budgetTokens: budget, shown };
}

/** The dialect gives schemas no name. */
const schemaName = 'response';

function decodeFormat(config: RequestFields): OutputFormat | undefined {
  const mimeType = config.string('responseMimeType');
  if (mimeType !== 'application/json') return undefined;
  const jsonSchema = config.json('responseJsonSchema');
  const ownSchema = config.json('responseSchema');
  const schema = jsonSchema ?? (ownSchema === undefined ? undefined : fromGeminiSchema(ownSchema, config.at('responseSchema')));
  return schema === undefined ? { type: 'json' } : { type: 'json-schema', name: schemaName, schema };
}

function ownSettings(config: RequestFields): JsonObject {
  const modalities = config.value('responseModalities');
  const mimeType = config.value('responseMimeType');
  return {
    ...config.rest(),
    // Text alone is what every dialect answers; some SDKs say so in each request.
    ...(modalities === undefined || isTextAlone(modalities) ? {} : { responseModalities: modalities }),
    ...(typeof mimeType === 'string' && !commonMimeTypes.has(mimeType) ? { responseMimeType: mimeType } : {}),
  };
}

const commonMimeTypes: ReadonlySet<string> = new Set(['application/json', 'text/plain']);

function isTextAlone(modalities: unknown): boolean {
  return Array.isArray(modalities) && modalities.every((modality) => typeof modality === 'string' && modality.toUpperCase() === 'TEXT');
}
