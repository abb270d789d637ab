import { type CodecContext, foreignSealMark, type JsonObject } from '@tollgate/plugin-kit';
import { isForeignServerTool } from './server-tool-uses.js';
import { isObject, objectsIn, textIn } from './wire.js';

/** Takes thinking that others sealed, or nobody, and what others' tools found out of a history for the vendor itself. */
export function removeForeignSeals(body: JsonObject, context: CodecContext): void {
  for (const message of objectsIn(body.messages)) {
    if (!Array.isArray(message.content)) continue;
    const content: readonly unknown[] = message.content;
    const kept = content.filter((block) => !isForeign(block));
    for (const block of kept) if (isObject(block)) removeForeignCitations(block, context);
    if (kept.length === content.length) continue;
    message.content = kept;
    if (objectsIn(content).some(isForeignThinking))
      context.lose({ field: 'thinking', how: 'dropped', why: 'Claude takes back only thinking that it has signed.' });
  }
  fitThinking(body, context);
}

/** Takes all thinking out of a history: the vendor has refused a signature in it. */
export function removeAllSeals(body: JsonObject, context: CodecContext): void {
  const isThinking = ({ type }: JsonObject): boolean => type === 'thinking' || type === 'redacted_thinking';
  const messages = objectsIn(body.messages);
  for (const message of messages) {
    if (!Array.isArray(message.content)) continue;
    const content: readonly unknown[] = message.content;
    message.content = content.filter((block) => !isObject(block) || !(isThinking(block) || isForeignServerTool(block)));
    for (const block of objectsIn(message.content)) removeForeignCitations(block, context);
  }
  body.messages = messages.filter(({ content }) => !Array.isArray(content) || content.length > 0);
  context.lose({ field: 'seal', how: 'dropped', why: 'Claude refused a signature: it gets the history without any thinking.' });
  fitThinking(body, context);
}

/** What a server tool of another vendor did was told to the client alone: nothing is lost with it. */
function isForeign(block: unknown): boolean {
  return isObject(block) && (isForeignThinking(block) || isForeignServerTool(block));
}

function isForeignThinking(block: JsonObject): boolean {
  const seal = block.type === 'thinking' ? block.signature : block.type === 'redacted_thinking' ? block.data : undefined;
  return typeof seal === 'string' && seal.startsWith(foreignSealMark);
}

function removeForeignCitations(block: JsonObject, context: CodecContext): void {
  if (!Array.isArray(block.citations)) return;
  const citations: readonly unknown[] = block.citations;
  const own = citations.filter((citation) => !isObject(citation) || !textIn(citation.encrypted_index).startsWith(foreignSealMark));
  if (own.length === citations.length) return;
  if (own.length === 0) delete block.citations;
  else block.citations = own;
  context.lose({ field: 'citations', how: 'dropped', why: 'Claude takes back only citations that it made itself.' });
}

/**
 * While tools are called, the vendor wants the answer that called them to begin with the thinking of that answer (guide "Extended
 * thinking", "Preserving thinking blocks"). Where another model made it there is none, so the vendor does not think until the loop ends.
 */
export function fitThinking(body: JsonObject, context: CodecContext): void {
  if (!isObject(body.thinking) || body.thinking.type !== 'enabled' || !isInToolLoop(body)) return;
  const answer = objectsIn(body.messages).findLast(({ role }) => role === 'assistant');
  const first = objectsIn(answer?.content)[0]?.type;
  if (first === 'thinking' || first === 'redacted_thinking') return;
  body.thinking = { type: 'disabled' };
  context.lose({ field: 'thinking', how: 'dropped', why: 'Another model called the tools: Claude cannot think before the loop ends.' });
}

function isInToolLoop(body: JsonObject): boolean {
  const last = objectsIn(body.messages).at(-1);
  return objectsIn(last?.content).some(({ type }) => type === 'tool_result');
}
