import type { Block, CodecContext, Turn } from '@tollgate/plugin-kit';
import { encodeBlock, encodeText } from './encode-blocks.js';
import type { ContentBlockParam, TextBlockParam } from './wire.js';

interface DraftMessage {
  readonly role: 'user' | 'assistant';
  content: ContentBlockParam[];
}

export interface EncodedTurns {
  readonly system: TextBlockParam[];
  readonly messages: DraftMessage[];
}

/** Instructions go to the one place for them; turns of the same role that follow each other become one message. */
export function encodeTurns(turns: readonly Turn[], context: CodecContext): EncodedTurns {
  const system: TextBlockParam[] = [];
  const messages: DraftMessage[] = [];
  for (const { role, blocks } of turns) {
    if (role === 'system') {
      if (messages.length > 0) context.lose({ field: 'system', how: 'coerced', why: 'Later instructions moved up to the first ones.' });
      for (const block of blocks) system.push(...encodeInstruction(block, context));
      continue;
    }
    const content = blocks.map((block) => encodeBlock(block, role, context)).filter((block) => block !== undefined);
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) messages.push({ role, content });
  }
  for (const message of messages) if (message.role === 'user') message.content = resultsFirst(message.content);
  trimPrefill(messages, context);
  openWithUser(messages, context);
  return { system, messages };
}

function encodeInstruction(block: Block, context: CodecContext): readonly TextBlockParam[] {
  const text = block.type === 'text' ? encodeText(block, context) : undefined;
  if (block.type !== 'text') context.lose({ field: 'system', how: 'dropped', why: 'Instructions are text only.' });
  return text === undefined ? [] : [text];
}

/** The vendor wants results of tools before anything else that the user says. */
function resultsFirst(content: ContentBlockParam[]): ContentBlockParam[] {
  const results = content.filter((block) => block.type === 'tool_result');
  return results.length === 0 ? content : [...results, ...content.filter((block) => block.type !== 'tool_result')];
}

/** The vendor refuses a prefilled answer that ends in white space. */
function trimPrefill(messages: readonly DraftMessage[], context: CodecContext): void {
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'assistant' || block?.type !== 'text') return;
  const text = block.text.trimEnd();
  if (text === block.text) return;
  last.content[last.content.length - 1] = { ...block, text };
  context.lose({ field: 'messages', how: 'coerced', why: 'White space at the end of a prefilled answer is refused.' });
}

/** The vendor wants the user to speak first, and at least once. */
function openWithUser(messages: DraftMessage[], context: CodecContext): void {
  if (messages[0]?.role === 'user') return;
  messages.unshift({ role: 'user', content: [{ type: 'text', text: '...' }] });
  context.lose({ field: 'messages', how: 'emulated', why: 'Conversations open with the user; a placeholder was put first.' });
}
