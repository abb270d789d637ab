import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from '../../replay/local-server.js';
import type { ChannelEntry } from '../../support/apply-document.js';
import { bedrockChatPlace, bedrockConversePlace, bedrockKeyPlace, bedrockPlace } from './bedrock-place.js';
import { difyPlace } from './dify-place.js';
import { vertexClaudePlace, vertexGeminiPlace, vertexOpenModelPlace } from './vertex-place.js';

/** A place that is reached in a way of its own: it signs, frames or words things as nobody else does. */
export interface OwnPlace {
  readonly provider: string;
  /** A model's name there. */
  readonly model: string;
  /** How a channel to it is configured; `url` leads to this place alone. */
  configAt(url: string): ChannelEntry['config'];
  /** The language in which it should be asked for a client of a dialect. */
  languageFor(client: string): string;
  /**
   * Answers "ok" for five tokens and one.
   * @returns what it was asked, or undefined where that was not for an answer of a model.
   * @throws Error saying why the vendor would refuse the request.
   */
  answer(
    request: RecordedRequest,
    response: ServerResponse,
  ): { readonly dialect: string; readonly body: Readonly<Record<string, unknown>> } | undefined;
}

export const ownPlaces: Readonly<Record<string, OwnPlace>> = {
  bedrock: bedrockPlace,
  'bedrock-by-key': bedrockKeyPlace,
  'bedrock-chat': bedrockChatPlace,
  'bedrock-converse': bedrockConversePlace,
  dify: difyPlace,
  'vertex-gemini': vertexGeminiPlace,
  'vertex-claude': vertexClaudePlace,
  'vertex-open-model': vertexOpenModelPlace,
};
