import { type CodecContext, type JsonObject, objectsIn } from '@tollgate/plugin-kit';
import type { Habit } from './habit.js';

/** The thinking of earlier answers is called `reasoning`; a request with another name for it is refused. */
export const thinkingCalledReasoning: Habit = {
  edit(body, context) {
    for (const message of answersIn(body)) {
      const { reasoning_content: words, reasoning_details: details } = message;
      if (typeof words === 'string' && words !== '' && message['reasoning'] === undefined) message['reasoning'] = words;
      delete message['reasoning_content'];
      if (details !== undefined) loseThinking(message, 'reasoning_details', context, 'sealed thinking');
    }
  },
};

/** Thinking of earlier answers is refused under any name that compatible servers have for it. */
export const noThinkingInHistory: Habit = {
  edit(body, context) {
    for (const message of answersIn(body)) {
      for (const field of ['reasoning_content', 'reasoning', 'reasoning_details']) {
        if (message[field] !== undefined) loseThinking(message, field, context, 'thinking of earlier answers');
      }
    }
  },
};

/** Messages have a role of four, and no name unless they are a tool's. */
export const plainMessages: Habit = {
  edit(body, context) {
    for (const message of objectsIn(body['messages'])) {
      if (message['role'] === 'developer') message['role'] = 'system';
      if (message['role'] === 'tool' || message['name'] === undefined) continue;
      delete message['name'];
      context.lose({ field: 'messages.name', how: 'dropped', why: 'The place refuses messages with a name.' });
    }
  },
};

function answersIn(body: JsonObject): readonly JsonObject[] {
  return objectsIn(body['messages']).filter((message) => message['role'] === 'assistant');
}

function loseThinking(message: JsonObject, field: string, context: CodecContext, what: string): void {
  delete message[field];
  context.lose({ field: 'thinking block', how: 'dropped', why: `The place refuses ${what} in messages.` });
}
