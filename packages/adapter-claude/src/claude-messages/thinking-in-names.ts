import type { CodecContext, JsonObject, NamedThinking, Thinking, ThinkingInNames } from '@tollgate/plugin-kit';
import { fitThinking } from './foreign-seals.js';
import { traitsOf } from './model-traits.js';
import { encodeThinking, outputTokensDefault } from './thinking.js';
import { isObject } from './wire.js';

const suffix = /^(.*claude-.+)-(thinking|nothinking|minimal|low|medium|high|xhigh|max)$/;

const efforts: Readonly<Record<string, Thinking['effort']>> = {
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'max',
  max: 'max',
};

/** `claude-sonnet-4-5-thinking`, and `claude-opus-4-6-high` of models that take an effort: names that gateways before us have taught. */
function read(name: string): NamedThinking | undefined {
  const [, model, wish] = suffix.exec(name) ?? [];
  if (model === undefined || wish === undefined) return undefined;
  if (wish === 'nothinking') return { model, thinking: { mode: 'off' } };
  if (wish === 'thinking') return { model, thinking: { mode: 'on', shown: true } };
  const effort = efforts[wish];
  if (effort === undefined || !traitsOf(model).adaptiveThinking) return undefined;
  return { model, thinking: { mode: 'on', effort, shown: true } };
}

function write(body: JsonObject, { model, thinking }: NamedThinking, context: CodecContext): void {
  const given = isObject(body.thinking) ? body.thinking : undefined;
  const outputTokensMax = typeof body.max_tokens === 'number' ? body.max_tokens : outputTokensDefault;
  const encoded = encodeThinking({ model, thinking }, outputTokensMax, context);
  const wire = encoded.thinking;
  if (given !== undefined && given.type !== wire?.type) loseWish('thinking', context);
  if (wire === undefined) {
    delete body.thinking;
    return;
  }
  body.thinking = { ...wire, ...(wire.type !== 'disabled' && given?.display !== undefined ? { display: given.display } : {}) };
  if (encoded.effort !== undefined) body.output_config = withEffort(body.output_config, encoded.effort, context);
  fitThinking(body, context);
  if (isObject(body.thinking) && body.thinking.type !== 'disabled') dropSampling(body, context);
}

function withEffort(config: unknown, effort: string, context: CodecContext): JsonObject {
  const given = isObject(config) ? config : {};
  if (given.effort !== undefined && given.effort !== null && given.effort !== effort) loseWish('output_config.effort', context);
  return { ...given, effort };
}

function loseWish(field: string, context: CodecContext): void {
  context.lose({ field, how: 'coerced', why: 'The name of the model says how it shall think.' });
}

/** What the vendor refuses beside thinking. */
function dropSampling(body: JsonObject, context: CodecContext): void {
  for (const field of ['temperature', 'top_p', 'top_k']) {
    const value = body[field] ?? undefined;
    const isAllowed = value === undefined || (field === 'temperature' && value === 1);
    if (isAllowed) continue;
    context.lose({ field, how: 'dropped', why: 'Claude refuses it while thinking.' });
    delete body[field];
  }
}

export const thinkingInNames: ThinkingInNames = { read, write };
