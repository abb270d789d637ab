import type { CodecContext, JsonObject, NamedThinking, Thinking, ThinkingInNames } from '@tollgate/plugin-kit';
import { encodeThinking } from './encode-generation.js';
import { familyOf } from './model-family.js';
import { isJsonObject } from './wire.js';

const suffix = /^((?:.*\/)?gemini-.+?)-(thinking(?:-\d+)?|nothinking|minimal|low|medium|high)$/;

/** `gemini-2.5-pro-thinking`, with a budget behind it or without, and `gemini-3-pro-preview-low`: names that gateways before us have taught. */
function read(name: string): NamedThinking | undefined {
  const [, model, wish] = suffix.exec(name) ?? [];
  if (model === undefined || wish === undefined || !familyOf(model).thinks) return undefined;
  return { model, thinking: thinkingOf(wish) };
}

function thinkingOf(wish: string): Thinking {
  if (wish === 'nothinking') return { mode: 'off' };
  if (!wish.startsWith('thinking')) return { mode: 'on', effort: wish as NonNullable<Thinking['effort']>, shown: true };
  const budgetTokens = Number(wish.slice('thinking-'.length));
  if (wish === 'thinking') return { mode: 'on', shown: true };
  return budgetTokens === 0 ? { mode: 'off' } : { mode: 'on', budgetTokens, shown: true };
}

/** Objects are found in both spellings that the service takes, and written as they were spelled. */
function write(body: JsonObject, { model, thinking }: NamedThinking, context: CodecContext): void {
  const generationKey = 'generation_config' in body ? 'generation_config' : 'generationConfig';
  const generation: JsonObject = isJsonObject(body[generationKey]) ? { ...body[generationKey] } : {};
  const key = 'thinking_config' in generation ? 'thinking_config' : 'thinkingConfig';
  const given: JsonObject = isJsonObject(generation[key]) ? generation[key] : {};
  const shown = given['includeThoughts'] ?? given['include_thoughts'];
  const wish = typeof shown === 'boolean' && thinking.mode !== 'off' ? { ...thinking, shown } : thinking;
  const config = encodeThinking(wish, familyOf(model), (loss) => context.lose(loss));
  const amounts = ['thinkingBudget', 'thinking_budget', 'thinkingLevel', 'thinking_level'].map((field) => given[field] ?? undefined);
  if (amounts.some((amount) => amount !== undefined && amount !== config?.thinkingBudget && amount !== config?.thinkingLevel)) {
    context.lose({ field: 'thinking', how: 'coerced', why: 'The name of the model says how it shall think.' });
  }
  delete generation[key];
  if (config !== undefined) generation[key] = config;
  body[generationKey] = generation;
}

export const thinkingInNames: ThinkingInNames = { read, write };
