import type { ExpectedToolCall, ExpectedUsage, Stop } from '../../replay/expectations.js';
import type { Fixture } from '../../replay/fixtures.js';

/** What a client's library made of an answer. */
export interface Observed {
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly ExpectedToolCall[];
  /** In the words of the client's dialect; undefined where the answer states none. */
  readonly stop: string | undefined;
  readonly usage: ExpectedUsage | undefined;
}

/** A library that people call models with, pointed at the gateway. */
export interface Client {
  readonly title: string;
  readonly dialect: string;
  /** What each reason to stop is called in the dialect. */
  readonly stopWords: Readonly<Record<Stop, readonly string[]>>;
  /** False for fixtures whose own bytes the library refuses, whoever sends them. */
  accepts?(fixture: Fixture): boolean;
  ask(model: string, stream: boolean): Promise<Observed>;
}

export interface Place {
  /** Of the gateway, without a path. */
  readonly url: string;
  readonly key: string;
}

/** The question that every client asks: instructions, a user's words and a tool. */
export const question = {
  system: 'Answer "briefly".\nUse the tool if it helps.',
  user: 'How is the weather in Zürich? 🌦',
  tool: {
    name: 'weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] },
  },
  outputTokensMax: 1_000,
} as const;

/** Tool arguments as JSON, or the text of a tool that takes plain text. */
export function parsedArguments(json: string): unknown {
  return json === '' ? {} : (JSON.parse(json) as unknown);
}
