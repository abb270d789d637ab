import type { Block, Citation, CodecContext, JsonObject, MediaBlock, ToolCallBlock } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { decodeReasoning } from './decode-reasoning.js';
import { serverToolUse } from './server-tool-items.js';
import { responsesDialectId } from './wire.js';

/** What one item of an answer says; unknown items are kept for clients of the same dialect. */
export function decodeOutputItem(item: JsonObject, context: CodecContext): readonly Block[] {
  switch (item['type']) {
    case 'message':
      return decodeMessage(item, context);
    case 'reasoning': {
      const block = decodeReasoning({ ...item, content: listOf(item['content']), summary: listOf(item['summary']) }, 'output');
      return block === undefined ? [] : [block];
    }
    case 'function_call':
    case 'custom_tool_call':
      return [decodeCall(item, context)];
    default:
      return [decodeWhole(item)];
  }
}

/** A call's head and what it already holds of its arguments. */
export function decodeCall(item: JsonObject, context: CodecContext): ToolCallBlock {
  const id = textOf(item['call_id']) || textOf(item['id']) || context.newId('call_');
  const name = textOf(item['name']);
  if (item['type'] === 'custom_tool_call') return { type: 'tool-call', id, name, arguments: textOf(item['input']), freeform: true };
  return { type: 'tool-call', id, name, arguments: textOf(item['arguments']) || '{}' };
}

/** An item that is no text, reasoning or call: a picture, or something only this dialect knows. */
export function decodeWhole(item: JsonObject): Block {
  const result = item['result'];
  const isPicture = item['type'] === 'image_generation_call' && typeof result === 'string' && result !== '';
  if (isPicture) return pictureOf(item, result);
  const use = serverToolUse(item);
  return { type: 'opaque', dialect: responsesDialectId, data: item, ...(use === undefined ? {} : { use }) };
}

function pictureOf(item: JsonObject, base64: string): MediaBlock {
  const format = textOf(item['output_format']) || 'png';
  return { type: 'media', media: 'image', mimeType: `image/${format}`, source: { base64 } };
}

function decodeMessage(item: JsonObject, context: CodecContext): readonly Block[] {
  loseOwnMarks(item, context);
  return listOf(item['content']).flatMap((part): Block[] => {
    if (!isObject(part)) return [];
    const text = textOfPart(part);
    if (text === '') return [];
    const citations = listOf(part['annotations']).flatMap(readCitation);
    return [{ type: 'text', text, ...(citations.length === 0 ? {} : { citations }) }];
  });
}

/** Says what of a message only answers keep that pass unchanged. */
export function loseOwnMarks(item: JsonObject, context: CodecContext): void {
  const why = 'Only answers that pass unchanged keep it.';
  const logprobs = listOf(item['content']).some((part) => isObject(part) && listOf(part['logprobs']).length > 0);
  if (logprobs) context.lose({ field: 'logprobs', how: 'dropped', why });
  const isFile = (annotation: unknown): boolean => isObject(annotation) && typeof annotation['url'] !== 'string';
  const files = listOf(item['content']).some((part) => isObject(part) && listOf(part['annotations']).some(isFile));
  if (files) context.lose({ field: 'annotations', how: 'dropped', why: 'Files that the vendor made can be had only from it.' });
  if (typeof item['phase'] === 'string') context.lose({ field: 'phase', how: 'dropped', why });
}

/** What a part of a message says, be it a refusal. */
export function textOfPart(part: JsonObject): string {
  return textOf(part['text']) || textOf(part['refusal']);
}

/** True if the item refuses. */
export function isRefusal(item: unknown): boolean {
  return isObject(item) && listOf(item['content']).some((part) => isObject(part) && part['type'] === 'refusal');
}

/** The web page that an annotation names, if it names one. */
export function readCitation(annotation: unknown): readonly Citation[] {
  if (!isObject(annotation) || typeof annotation['url'] !== 'string') return [];
  const { title } = annotation;
  return [{ url: annotation['url'], ...(typeof title === 'string' && title !== '' ? { title } : {}) }];
}

/** A list as it is, and an empty one for everything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text as it is, and an empty one for everything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
