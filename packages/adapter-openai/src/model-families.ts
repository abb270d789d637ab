import type { Thinking } from '@tollgate/plugin-kit';

/** Names as the vendor gives them, also behind a reseller's prefix or as a fine-tune. */
const ownModel = /^(?:openai\/)?(?:ft:)?(?:gpt-(?!oss)|chatgpt-|codex-|o[1-9])/;
/** `gpt-5-chat-latest` is the one of its generation that does not reason. */
const reasoningModel = /^(?:openai\/)?(?:ft:)?(?:gpt-[5-9](?!-chat)|codex-|o[1-9])/;
const completionModel = /^(?:ft:)?(?:gpt-3\.5-turbo-instruct|davinci-002|babbage-002)(?![a-z])/;
const effortFreeModel = /^(?:openai\/)?(?:ft:)?gpt-5\.\d+(?!\S*-(?:codex|pro|chat))/;
const quietModel = /^(?:openai\/)?(?:ft:)?gpt-5\.[1-4](?!\d)/;
const stoppableReasoningModel = /^(?:openai\/)?(?:ft:)?(?:o1|gpt-5\.(?:[5-9]|\d\d)|gpt-[6-9])/;
const minimalEffortModel = /^(?:openai\/)?(?:ft:)?gpt-5(?!\.)/;
/** At the vendor itself: whether a reseller takes the marks, nobody says. */
const markedModel = /^(?:ft:)?gpt-(?:5\.(?:[6-9]|\d\d)|[6-9])/;
const highestEffortModel = /^(?:openai\/)?(?:ft:)?(?:gpt-5\.(?:1-codex-max|[2-9]|\d\d)|gpt-[6-9])/;

/** The vendor's own model: its servers refuse message fields that they do not know. */
export function isOwnModel(model: string): boolean {
  return ownModel.test(model);
}

/** Who made the model, where a reseller names it `maker/model`: letters only, `xai` for `x-ai`. */
export function makerOf(model: string): string | undefined {
  const slash = model.indexOf('/');
  if (slash < 1 || model.startsWith('models/')) return undefined;
  return model
    .slice(0, slash)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}

/** Takes `reasoning_effort`, and `max_completion_tokens` instead of `max_tokens`. */
export function isReasoningModel(model: string): boolean {
  return reasoningModel.test(model);
}

/** Completes texts and cannot chat. */
export function isCompletionModel(model: string): boolean {
  return completionModel.test(model);
}

/** A reasoning model that can be told not to reason. */
export function canSkipReasoning(model: string): boolean {
  return effortFreeModel.test(model);
}

/** May be given a temperature and `top_p`: reasoning models refuse both while they reason. */
export function takesSampling(model: string, thinking: Thinking | undefined): boolean {
  if (!isReasoningModel(model)) return true;
  if (!canSkipReasoning(model) || thinking?.mode === 'on') return false;
  return thinking?.mode === 'off' || isQuietModel(model);
}

/** A reasoning model that does not reason unless it is asked to. */
export function isQuietModel(model: string): boolean {
  return quietModel.test(model) && canSkipReasoning(model);
}

/** May be given stop sequences: most reasoning models refuse them. */
export function takesStopSequences(model: string): boolean {
  return !isReasoningModel(model) || stoppableReasoningModel.test(model);
}

/** Takes marks for the prompt cache on the parts of messages; models before it find by themselves what to cache. */
export function takesCacheMarks(model: string): boolean {
  return markedModel.test(model);
}

/** A Claude that a compatible server serves: such servers take Claude's own marks for the prompt cache, without which it caches nothing. */
export function isServedClaude(model: string): boolean {
  return !isOwnModel(model) && model.includes('claude');
}

/** Knows the effort `minimal`, which came with one generation of the vendor's models and went with it. */
export function knowsMinimalEffort(model: string): boolean {
  return minimalEffortModel.test(model);
}

/** Knows an effort above `high`. */
export function knowsHighestEffort(model: string): boolean {
  return highestEffortModel.test(model);
}

/** Takes `web_search_options`: the vendor's models for searching, others named after it, and a Claude that a compatible server serves. */
export function searches(model: string): boolean {
  return /search|sonar/.test(model) || isServedClaude(model);
}
