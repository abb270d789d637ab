import type { CanonicalRequest, CodecContext, JsonObject, Thinking } from '@tollgate/plugin-kit';
import type { Habit } from './habit.js';

/** Thinking has a switch, `thinking: { type }`, beside the effort. */
export const thinkingSwitch: Habit = {
  encode: (next) => (request, context) => {
    const mode = request.thinking?.mode;
    if (mode === 'off') return { ...next(withoutThinking(request), context), thinking: { type: 'disabled' } };
    return mode === 'on' ? { ...next(request, context), thinking: { type: 'enabled' } } : next(request, context);
  },
};

/** Thinking is switched by `enable_thinking` and bounded by `thinking_budget`; there are no efforts. */
export const thinkingBudget: Habit = {
  encode: (next) => (request, context) => {
    const { thinking } = request;
    if (thinking === undefined || thinking.mode === 'auto') return next(request, context);
    const body = next(withoutThinking(request), context);
    if (thinking.mode === 'off') return { ...body, enable_thinking: false };
    const { budgetTokens, effort } = thinking;
    if (effort !== undefined && budgetTokens === undefined) loseEffort(context);
    return { ...body, enable_thinking: true, ...(budgetTokens === undefined ? {} : { thinking_budget: budgetTokens }) };
  },
};

/** All about thinking is in one object, `reasoning`, whoever made the model. */
export const reasoningObject: Habit = {
  encode: (next) => (request, context) => {
    const { thinking } = request;
    const reasoning = thinking === undefined ? {} : reasoningOf(thinking);
    const body = next(withoutThinking(request), context);
    return Object.keys(reasoning).length === 0 ? body : { ...body, reasoning };
  },
};

/** Thinking stands in the text unless it is asked for apart from it. */
export const parsedReasoning: Habit = {
  encode: (next) => (request, context) => ({ ...next(request, context), reasoning_format: 'parsed' }),
};

function reasoningOf({ mode, effort, budgetTokens, shown }: Thinking): JsonObject {
  if (mode === 'off') return { enabled: false };
  const hidden = shown === false ? { exclude: true } : {};
  if (budgetTokens !== undefined) return { max_tokens: budgetTokens, ...hidden };
  if (effort !== undefined) return { effort: effort === 'max' ? 'xhigh' : effort, ...hidden };
  return { ...(mode === 'on' ? { enabled: true } : {}), ...hidden };
}

function withoutThinking({ thinking: _thinking, ...request }: CanonicalRequest): CanonicalRequest {
  return request;
}

function loseEffort(context: CodecContext): void {
  context.lose({ field: 'thinking.effort', how: 'dropped', why: 'The place bounds thinking by tokens only.' });
}
