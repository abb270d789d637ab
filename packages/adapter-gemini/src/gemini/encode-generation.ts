import type { CanonicalRequest, Loss, Thinking } from '@tollgate/plugin-kit';
import { defined } from './defined.js';
import { familyOf, type ModelFamily } from './model-family.js';
import { toGeminiSchema } from './schema-to-gemini.js';
import type { WireGenerationConfig } from './wire.js';

const stopSequencesMax = 5;

/** `generationConfig`; empty where the caller set nothing. */
export function encodeGenerationConfig(request: CanonicalRequest, modelId: string, lose: (loss: Loss) => void): WireGenerationConfig {
  const { sampling } = request;
  return {
    ...defined({
      temperature: sampling?.temperature,
      topP: sampling?.topP,
      topK: sampling?.topK,
      seed: sampling?.seed,
      presencePenalty: sampling?.presencePenalty,
      frequencyPenalty: sampling?.frequencyPenalty,
      maxOutputTokens: request.outputTokensMax,
      stopSequences: encodeStops(request.stopSequences, lose),
      thinkingConfig: request.thinking === undefined ? undefined : encodeThinking(request.thinking, familyOf(modelId), lose),
    }),
    ...encodeFormat(request.format, lose),
  };
}

function encodeStops(stops: readonly string[] | undefined, lose: (loss: Loss) => void): string[] | undefined {
  if (stops === undefined || stops.length === 0) return undefined;
  if (stops.length > stopSequencesMax)
    lose({ field: 'stopSequences', how: 'coerced', why: `The service takes ${stopSequencesMax}: the first ones were sent.` });
  return stops.slice(0, stopSequencesMax);
}

function encodeFormat(format: CanonicalRequest['format'], lose: (loss: Loss) => void): WireGenerationConfig {
  if (format === undefined) return {};
  if (format.type === 'json') return { responseMimeType: 'application/json' };
  const { schema, dropped } = toGeminiSchema(format.schema);
  if (dropped.length > 0) lose({ field: 'format.schema', how: 'coerced', why: `The service's schemas lack: ${dropped.join(', ')}.` });
  return { responseMimeType: 'application/json', responseSchema: schema };
}

type ThinkingConfig = NonNullable<WireGenerationConfig['thinkingConfig']>;

/** Undefined where nothing is to be said, or the model does not think. */
export function encodeThinking(thinking: Thinking, family: ModelFamily, lose: (loss: Loss) => void): ThinkingConfig | undefined {
  if (!family.thinks) {
    if (thinking.mode !== 'off') lose({ field: 'thinking', how: 'dropped', why: 'This model does not think.' });
    return undefined;
  }
  if (thinking.mode === 'off') return withoutThinking(family, lose);
  const config = { ...(thinking.shown === false ? {} : { includeThoughts: true }), ...encodeAmount(thinking, family, lose) };
  return Object.keys(config).length === 0 ? undefined : config;
}

function encodeAmount({ budgetTokens, effort }: Thinking, family: ModelFamily, lose: (loss: Loss) => void): ThinkingConfig {
  if (budgetTokens !== undefined) {
    if (effort !== undefined) lose({ field: 'thinking.effort', how: 'dropped', why: 'The budget says it already.' });
    const { budgetTokensMin, budgetTokensMax } = family;
    if (budgetTokens > budgetTokensMax) {
      lose({ field: 'thinking.budgetTokens', how: 'coerced', why: `This model takes a budget of at most ${budgetTokensMax} tokens.` });
    }
    return { thinkingBudget: Math.min(Math.max(budgetTokens, budgetTokensMin), budgetTokensMax) };
  }
  // A budget of -1 leaves it to the model (guide "Thinking").
  if (effort === undefined) return family.thinksUnasked ? {} : { thinkingBudget: -1 };
  if (family.leastLevel === undefined) return { thinkingBudget: budgetsByEffort[effort] };
  return { thinkingLevel: effort === 'minimal' ? family.leastLevel : levelsByEffort[effort] };
}

function withoutThinking(family: ModelFamily, lose: (loss: Loss) => void): ThinkingConfig {
  if (family.stops) return { thinkingBudget: 0 };
  lose({ field: 'thinking', how: 'coerced', why: 'This model cannot stop thinking: asked to think as little as it can.' });
  return family.leastLevel === undefined ? { thinkingBudget: family.budgetTokensMin } : { thinkingLevel: family.leastLevel };
}

type Effort = NonNullable<Thinking['effort']>;

const levelsByEffort: Readonly<Record<Exclude<Effort, 'minimal'>, string>> = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH', max: 'HIGH' };

/** What the service itself gives for `reasoning_effort` (guide "OpenAI compatibility"). */
const budgetsByEffort: Readonly<Record<Effort, number>> = { minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576, max: 24_576 };
