import type { Frame } from '@tollgate/plugin-kit';
import { checkEventOrder as checkClaude } from '../../packages/adapter-claude/src/testing/event-order.js';
import { checkChunkOrder as checkChat } from '../../packages/adapter-openai/src/testing/chunk-order.js';
import { checkEventOrder as checkResponses } from '../../packages/adapter-openai/src/testing/event-order.js';

/**
 * What each vendor's clients rely on in a stream: Claude's block indices and pairs of start and stop, the sequence numbers and output
 * places of Responses, chat's tool indices from zero. @throws Error naming the frame that breaks it
 */
export const eventRules: Readonly<Record<string, (frames: readonly Frame[]) => void>> = {
  'openai-chat': checkChat,
  'openai-responses': checkResponses,
  'claude-messages': checkClaude,
  gemini: checkGemini,
};

interface GeminiFrame {
  readonly error?: unknown;
  readonly responseId?: string;
  readonly candidates?: readonly {
    readonly index?: number;
    readonly content?: { readonly role?: string; readonly parts?: readonly object[] };
    readonly finishReason?: string;
  }[];
  readonly usageMetadata?: object;
}

/** One candidate throughout, parts that each say one thing, one reason to finish, in the last frame; or an error, and nothing after it. */
function checkGemini(frames: readonly Frame[]): void {
  let ended = false;
  let id: string | undefined;
  for (const [position, { data, event }] of frames.entries()) {
    const insist = (holds: boolean, rule: string): void => {
      if (!holds) throw new Error(`Frame ${position}: ${rule}. It is ${data}`);
    };
    const { error, responseId, candidates = [] } = JSON.parse(data) as GeminiFrame;
    insist(event === undefined, 'Gemini has no event names');
    insist(!ended, 'nothing follows the end');
    if (error !== undefined) {
      ended = true;
      continue;
    }
    id ??= responseId;
    insist(responseId === id, 'all frames belong to one answer');
    insist(candidates.length <= 1, 'there is one candidate');
    const [candidate] = candidates;
    for (const part of candidate?.content?.parts ?? []) {
      const contents = ['text', 'functionCall', 'inlineData', 'fileData', 'executableCode', 'codeExecutionResult'].filter(
        (name) => name in part,
      );
      insist(contents.length <= 1, 'a part says one thing');
    }
    ended = candidate?.finishReason !== undefined;
  }
  if (!ended) throw new Error('The stream stops without a reason to finish.');
}
