/** What differs between the makers of the models that Bedrock serves, and makes it refuse a request. */
export interface ModelTraits {
  /** Marks for the prompt cache (user guide, "Prompt caching"): others are refused for one. */
  readonly cache: 'none' | '5m' | '1h';
  /** Can be made to call a tool (API reference, `ToolChoice`). */
  readonly forcedTools: boolean;
  /** Writes JSON by a schema, and arguments strictly (user guide, "Structured outputs"). */
  readonly structuredOutput: boolean;
  /** In whose words the model is told how it shall think. */
  readonly thinking: 'claude' | 'nova' | 'gpt-oss' | 'untold';
  readonly topK: 'top_k' | 'nova' | 'none';
}

/** Told by the name. An ARN says only sometimes whose model it is; nothing is sent that somebody's model would refuse. */
export function traitsOf(model: string): ModelTraits {
  const isClaude = /claude/i.test(model);
  const isNova = /amazon\.nova/i.test(model);
  return {
    cache: isClaude ? '1h' : isNova ? '5m' : 'none',
    forcedTools: !/(?:^|[./])(?:meta|cohere|ai21)\./i.test(model),
    structuredOutput: !/(?:^|[./])(?:amazon|meta|cohere|ai21|writer)\./i.test(model),
    thinking: isClaude ? 'claude' : /nova-2/i.test(model) ? 'nova' : /gpt-oss/i.test(model) ? 'gpt-oss' : 'untold',
    topK: isClaude ? 'top_k' : isNova ? 'nova' : 'none',
  };
}
