/** What differs between the vendor's model generations and changes how a request has to be written. */
export interface ModelTraits {
  /** Takes `temperature`, `top_p` and `top_k`; models after 4.6 refuse them. */
  readonly sampling: boolean;
  /** Thinks as much as it finds right (`adaptive`, with an effort); models before 4.6 want a budget of tokens instead. */
  readonly adaptiveThinking: boolean;
  /** Shows what it thinks unless told otherwise; models after 4.6 show it on demand only. */
  readonly showsThinking: boolean;
  /** Can be told whether to show what it thinks. */
  readonly thinkingDisplay: boolean;
}

/** Major and minor release in names such as `claude-3-5-haiku-20241022`, `claude-opus-4-6` and `claude-sonnet-4-20250514`. */
const releasePattern = /claude-(?:[a-z]+-)?(\d{1,2})(?!\d)(?:[-.](\d{1,2})(?!\d))?/;

/** Tells by the name. A Claude without a known release counts as new; another vendor's model behaves like the old ones, which others copied. */
export function traitsOf(model: string): ModelTraits {
  if (!model.includes('claude')) return { sampling: true, adaptiveThinking: false, showsThinking: true, thinkingDisplay: false };
  const match = releasePattern.exec(model);
  if (match === null) return { sampling: false, adaptiveThinking: true, showsThinking: false, thinkingDisplay: true };
  const release = Number(match[1]) * 100 + Number(match[2] ?? 0);
  return {
    sampling: release <= 406,
    adaptiveThinking: release >= 406,
    showsThinking: release <= 406,
    thinkingDisplay: release >= 400,
  };
}
