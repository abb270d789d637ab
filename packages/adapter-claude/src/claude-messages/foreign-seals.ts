import { type CodecContext, foreignSealMark, type JsonObject } from '@tollgate/plugin-kit';
import { isObject, objectsIn } from './wire.js';

/** Takes thinking that others sealed, or nobody, out of a history for the vendor itself. */
export function removeForeignSeals(body: JsonObject, context: CodecContext): void {
  for (const message of objectsIn(body.messages)) {
    if (!Array.isArray(message.content)) continue;
    const content: readonly unknown[] = message.content;
    const kept = content.filter((block) => !isForeign(block));
    if (kept.length === content.length) continue;
    message.content = kept;
    context.lose({ field: 'thinking', how: 'dropped', why: 'Claude takes back only thinking that it has signed.' });
  }
  fitThinking(body, context);
}

function isForeign(block: unknown): boolean {
  if (!isObject(block)) return false;
  const seal = block.type === 'thinking' ? block.signature : block.type === 'redacted_thinking' ? block.data : undefined;
  return typeof seal === 'string' && seal.startsWith(foreignSealMark);
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
