import type { Block, CanonicalRequest, CanonicalResponse, CodecContext } from '@tollgate/plugin-kit';
import { writeChatUsage } from '../chat/usage.js';
import { reportOnce } from '../report-once.js';
import { finishByStop } from './stop-reason.js';
import type { Answer } from './wire.js';

/** The whole answer for a client that had a text completed. */
export function encodeResponse(response: CanonicalResponse, request: CanonicalRequest, givenContext: CodecContext): Answer {
  const context = reportOnce(givenContext);
  for (const { type } of response.blocks) if (type !== 'text') loseBlock(type, context);
  const texts = response.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return {
    id: response.id === '' ? context.newId('cmpl-') : response.id,
    object: 'text_completion',
    created: Math.floor(context.now() / 1_000),
    model: response.model === '' ? request.model : response.model,
    choices: [{ text: echoOf(request) + texts.join(''), index: 0, logprobs: null, finish_reason: finishByStop[response.stop] }],
    usage: writeChatUsage(response.usage),
  };
}

/** What the caller wants to read before the answer: its own prompt, or nothing. */
export function echoOf({ echo, turns }: CanonicalRequest): string {
  if (echo !== true) return '';
  return turns.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []))).join('');
}

/** Says that a part of the answer has no place here. */
export function loseBlock(type: Block['type'], context: CodecContext): void {
  context.lose({ field: `${type} block`, how: 'dropped', why: 'An answer is one text in this dialect.' });
}
