/** Names as the vendor gives them, also behind a reseller's prefix or as a fine-tune. */
const ownModel = /^(?:openai\/)?(?:ft:)?(?:gpt-(?!oss)|chatgpt-|codex-|o[1-9])/;
const reasoningModel = /^(?:openai\/)?(?:ft:)?(?:gpt-[5-9]|codex-|o[1-9])/;
const effortFreeModel = /^(?:openai\/)?(?:ft:)?gpt-5\.\d/;

/** The vendor's own model: its servers refuse message fields that they do not know. */
export function isOwnModel(model: string): boolean {
  return ownModel.test(model);
}

/** Takes `reasoning_effort`, and `max_completion_tokens` instead of `max_tokens`. */
export function isReasoningModel(model: string): boolean {
  return reasoningModel.test(model);
}

/** A reasoning model that can be told not to reason. */
export function canSkipReasoning(model: string): boolean {
  return effortFreeModel.test(model);
}
