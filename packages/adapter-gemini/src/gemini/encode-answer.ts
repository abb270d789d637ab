import type { Block, CodecContext, JsonObject, ServerToolUse, ThinkingBlock, ToolCallBlock } from '@tollgate/plugin-kit';
import { mediaPart } from './encode-media.js';
import { signatureOf, signatureWithThinking } from './seals.js';
import { argumentsObject } from './tool-arguments.js';
import { geminiId, type WirePart } from './wire.js';

/** A block of an answer as the parts that clients read, none if there is nothing in it for them. */
export function answerParts(block: Block, context: CodecContext): readonly (WirePart | JsonObject)[] {
  // What was searched stands beside the parts: see `groundingOf`.
  if (queriesIn(block) !== undefined) return [];
  if (block.type === 'opaque' && block.dialect !== geminiId) {
    if (block.use?.kind === 'code-execution') return codeParts(block.use);
    if (block.toldLater === true) return [];
  }
  const part = answerPart(block, context);
  return part === undefined ? [] : [part];
}

/** What a search was for, if the block tells of one. */
export function queriesIn(block: Block): readonly string[] | undefined {
  return block.type === 'opaque' && block.use?.kind === 'web-search' ? block.use.queries : undefined;
}

function codeParts({ code, output, failed }: Extract<ServerToolUse, { kind: 'code-execution' }>): readonly JsonObject[] {
  return [
    { executableCode: { language: 'PYTHON', code } },
    { codeExecutionResult: { outcome: failed === true ? 'OUTCOME_FAILED' : 'OUTCOME_OK', output } },
  ];
}

function answerPart(block: Block, context: CodecContext): WirePart | JsonObject | undefined {
  if ((block.type === 'text' || block.type === 'thinking') && block.text === '' && block.seal === undefined) return undefined;
  const part = bareAnswerPart(block, context);
  return part === undefined || block.seal === undefined ? part : { ...part, thoughtSignature: signatureOf(block.seal) };
}

/** A call as the part that clients read, signed in any case, together with the thinking that led to it. */
export function callPart(call: ToolCallBlock, thinking: readonly ThinkingBlock[], context: CodecContext): WirePart {
  return { ...bareAnswerPart(call, context), thoughtSignature: signatureWithThinking(thinking, call.seal) };
}

function bareAnswerPart(block: Block, context: CodecContext): WirePart | JsonObject | undefined {
  const lose = context.lose.bind(context);
  if (block.type === 'text') return { text: block.text };
  if (block.type === 'thinking') return { text: block.text, thought: true };
  if (block.type === 'media') return mediaPart(block, lose);
  if (block.type === 'tool-call') return { functionCall: { id: block.id, name: block.name, args: argumentsObject(block, lose) } };
  if (block.type === 'opaque' && block.dialect === geminiId) return block.data as JsonObject;
  const owner = block.type === 'opaque' ? block.dialect : block.type;
  lose({ field: `${owner} block`, how: 'dropped', why: 'Answers of this dialect have no place for it.' });
  return undefined;
}
