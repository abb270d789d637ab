/** A tool call as a client sees it. */
export interface SeenCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

/** What one answer was to its client. */
export interface SeenAnswer {
  readonly text: string;
  readonly calls: readonly SeenCall[];
}

/** A client in the middle of a conversation: it keeps the history as its dialect wants it, and sends back whatever it got. */
export interface Speaker {
  /** Asks the model for the next answer and keeps it. */
  ask(model: string, stream: boolean): Promise<SeenAnswer>;
  /** Adds the results of the calls in the last answer. */
  giveResults(results: readonly { readonly call: SeenCall; readonly text: string }[]): void;
}

export interface Place {
  /** Of the gateway, without a path. */
  readonly url: string;
  readonly key: string;
}

export const opening = 'How warm is it in Zürich?';

export const tool = {
  name: 'weather',
  description: 'The weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const;
