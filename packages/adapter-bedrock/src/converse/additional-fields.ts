import { claudeMessages } from '@tollgate/adapter-claude';
import type { CanonicalRequest, CodecContext, JsonObject, Thinking } from '@tollgate/plugin-kit';
import type { ModelTraits } from './model-traits.js';
import { drop } from './wire.js';

/** What models are told in the words of their makers: `additionalModelRequestFields`. */
export function additionalFields(request: CanonicalRequest, traits: ModelTraits, context: CodecContext): JsonObject {
  return { ...topKFields(request, traits, context), ...thinkingFields(request, traits, context) };
}

function topKFields({ sampling }: CanonicalRequest, { topK }: ModelTraits, context: CodecContext): JsonObject {
  const wanted = sampling?.topK;
  if (wanted === undefined) return {};
  if (topK === 'top_k') return { top_k: wanted };
  if (topK === 'nova') return { inferenceConfig: { topK: wanted } };
  drop('top_k', 'Bedrock has no such setting for this model.', context);
  return {};
}

function thinkingFields(request: CanonicalRequest, { thinking }: ModelTraits, context: CodecContext): JsonObject {
  const setting = request.thinking;
  if (setting === undefined || isLeftToModel(setting)) return {};
  switch (thinking) {
    case 'claude':
      return claudeFields(request, context);
    case 'nova':
      return setting.mode === 'off'
        ? { reasoningConfig: { type: 'disabled' } }
        : { reasoningConfig: { type: 'enabled', maxReasoningEffort: effortOf(setting, context) } };
    case 'gpt-oss':
      if (setting.mode === 'off')
        context.lose({ field: 'thinking', how: 'coerced', why: 'This model always thinks; it is told to do little of it.' });
      return { reasoning_effort: setting.mode === 'off' ? 'low' : effortOf(setting, context) };
    case 'untold':
      drop('thinking', 'Bedrock cannot tell this model how to think.', context);
      return {};
  }
}

function isLeftToModel({ mode, effort, budgetTokens }: Thinking): boolean {
  return mode === 'auto' && effort === undefined && budgetTokens === undefined;
}

/** As Claude's own dialect has it for this model. */
function claudeFields({ model, thinking, outputTokensMax }: CanonicalRequest, context: CodecContext): JsonObject {
  const turns = [{ role: 'user', blocks: [{ type: 'text', text: '-' }] }] as const;
  const asked = { model, stream: false, turns, ...(thinking && { thinking }), ...(outputTokensMax && { outputTokensMax }) };
  const body = claudeMessages.upstream.encodeRequest(asked, context);
  return Object.fromEntries(['thinking', 'output_config'].flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])));
}

const steps = { minimal: 'low', low: 'low', medium: 'medium', high: 'high', max: 'high' } as const;

function effortOf({ effort, budgetTokens }: Thinking, context: CodecContext): 'low' | 'medium' | 'high' {
  if (effort !== undefined) return steps[effort];
  if (budgetTokens === undefined) return 'medium';
  context.lose({ field: 'thinking.budget_tokens', how: 'coerced', why: 'This model takes an effort and no budget.' });
  return budgetTokens <= 4_096 ? 'low' : budgetTokens <= 16_384 ? 'medium' : 'high';
}
