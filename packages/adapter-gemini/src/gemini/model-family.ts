/** What the request has to respect of a model generation (guides "Thinking" and "Thought signatures"). */
export interface ModelFamily {
  readonly thinks: boolean;
  /** Thinking is set by level instead of by a budget, this being the lowest. */
  readonly leastLevel?: 'MINIMAL' | 'LOW';
  /** The least budget, for models that cannot stop thinking. */
  readonly budgetTokensMin: number;
  /** Function calls in the history are refused unless they carry a thought signature. */
  readonly needsCallSignatures: boolean;
}

/** Names that are not known get the rules of generation 2.5: budgets, and no duty to sign. */
export function familyOf(modelId: string): ModelFamily {
  const generation = Number(/gemini-(\d+(?:\.\d+)?)/.exec(modelId)?.[1] ?? '2.5');
  const isThird = generation >= 3;
  return {
    thinks: generation >= 2.5,
    ...(isThird ? { leastLevel: modelId.includes('pro') ? 'LOW' : 'MINIMAL' } : {}),
    budgetTokensMin: /gemini-2\.5-pro/.test(modelId) ? 128 : 0,
    needsCallSignatures: isThird,
  };
}
