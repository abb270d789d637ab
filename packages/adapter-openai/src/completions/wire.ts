import type { Completion, CompletionChoice } from 'openai/resources/completions';

export const completionsDialectId = 'openai-completions';

export type FinishReason = CompletionChoice['finish_reason'];
export type Answer = Completion;
