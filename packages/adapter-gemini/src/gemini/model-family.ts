/** What the request has to respect of a model generation (guides "Thinking" and "Thought signatures"). */
export interface ModelFamily {
  readonly thinks: boolean;
  /** Thinking is set by level instead of by a budget, this being the lowest. */
  readonly leastLevel?: 'MINIMAL' | 'LOW';
  /** Can be told not to think at all, by a budget of 0. */
  readonly stops: boolean;
  /** Thinks unless told otherwise. */
  readonly thinksUnasked: boolean;
  /** Bounds of a budget that is not 0. */
  readonly budgetTokensMin: number;
  readonly budgetTokensMax: number;
  /** Function calls in the history are refused unless they carry a thought signature. */
  readonly needsCallSignatures: boolean;
}

/** Names that are not known get the rules of generation 2.5: budgets, and no duty to sign. */
export function familyOf(modelId: string): ModelFamily {
  const generation = Number(/gemini-(\d+(?:\.\d+)?)/.exec(modelId)?.[1] ?? '2.5');
  const isThird = generation >= 3;
  const isLite = modelId.includes('gemini-2.5-flash-lite');
  const isPro = modelId.includes('gemini-2.5-pro');
  return {
    thinks: generation >= 2.5,
    ...(isThird ? { leastLevel: modelId.includes('pro') ? 'LOW' : 'MINIMAL' } : {}),
    stops: !isThird && !isPro,
    thinksUnasked: !isLite,
    budgetTokensMin: isPro ? 128 : isLite ? 512 : 1,
    budgetTokensMax: isPro ? 32_768 : modelId.includes('gemini-2.5') ? 24_576 : Number.POSITIVE_INFINITY,
    needsCallSignatures: isThird,
  };
}
