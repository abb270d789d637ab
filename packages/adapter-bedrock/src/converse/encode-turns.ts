import type { Block, JsonObject, Turn } from '@tollgate/plugin-kit';
import { type BlockEncoding, cachePoint, encodeBlock, encodeText } from './encode-blocks.js';
import { drop } from './wire.js';

interface DraftMessage {
  readonly role: 'user' | 'assistant';
  content: JsonObject[];
}

export interface EncodedTurns {
  readonly system: readonly JsonObject[];
  readonly messages: readonly DraftMessage[];
}

/** Instructions go to the one place for them; turns of the same role that follow each other become one message. */
export function encodeTurns(turns: readonly Turn[], encoding: BlockEncoding): EncodedTurns {
  const { context } = encoding;
  const system: JsonObject[] = [];
  const messages: DraftMessage[] = [];
  for (const { role, blocks } of turns) {
    if (role === 'system') {
      if (messages.length > 0) context.lose({ field: 'system', how: 'coerced', why: 'Later instructions moved up to the first ones.' });
      for (const block of blocks) system.push(...encodeInstruction(block, encoding));
      continue;
    }
    const content = blocks.flatMap((block) => encodeBlock(block, role, encoding));
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) messages.push({ role, content });
  }
  for (const message of messages) if (message.role === 'user') message.content = asAccepted(message.content, encoding);
  openWithUser(messages, encoding);
  return { system, messages };
}

function encodeInstruction(block: Block, encoding: BlockEncoding): readonly JsonObject[] {
  if (block.type !== 'text') {
    drop('system', 'Instructions are text only.', encoding.context);
    return [];
  }
  const text = encodeText(block, encoding.context);
  return text === undefined ? [] : [text, ...cachePoint(block, encoding)];
}

/** Results of tools come before anything else that the user says, and beside a document some text has to stand. */
function asAccepted(content: readonly JsonObject[], { context }: BlockEncoding): JsonObject[] {
  const isResult = (block: JsonObject): boolean => 'toolResult' in block;
  const lastResult = content.findLastIndex(isResult);
  const lead = content.slice(0, lastResult + 1).filter((block) => !isResult(block) && !('cachePoint' in block));
  const ordered = [...content.slice(0, lastResult + 1).filter((block) => !lead.includes(block)), ...lead, ...content.slice(lastResult + 1)];
  if (!ordered.some((block) => 'document' in block) || ordered.some((block) => 'text' in block)) return ordered;
  context.lose({ field: 'messages', how: 'emulated', why: 'Beside a document Bedrock wants text; a placeholder was put there.' });
  return [...ordered, { text: '...' }];
}

/** The user has to speak first, and at least once. */
function openWithUser(messages: DraftMessage[], { context }: BlockEncoding): void {
  if (messages[0]?.role === 'user') return;
  messages.unshift({ role: 'user', content: [{ text: '...' }] });
  context.lose({ field: 'messages', how: 'emulated', why: 'Conversations open with the user; a placeholder was put first.' });
}
