import type { ServerResponse } from 'node:http';
import type { JsonObject } from './exchange.js';
import { beginStream, piecesOf, writeEvent } from './sse.js';

interface Part extends JsonObject {
  readonly text: string;
}

/** The events of one response, numbered as the vendor numbers them. */
export function writeResponsesStream(whole: JsonObject, output: readonly JsonObject[], response: ServerResponse): void {
  let sequence = 0;
  const event = (type: string, data: object): void => writeEvent(response, type, { sequence_number: sequence++, ...data });
  beginStream(response);
  const begun = { ...whole, status: 'in_progress', output: [], usage: null };
  event('response.created', { response: begun });
  event('response.in_progress', { response: begun });
  output.forEach((item, index) => {
    const place = { item_id: item['id'], output_index: index };
    event('response.output_item.added', { output_index: index, item: { ...item, ...beginningOf(item) } });
    if (item['type'] === 'reasoning') writeSummary(item['summary'] as readonly Part[], place, event);
    if (item['type'] === 'message') writeContent(item['content'] as readonly Part[], place, event);
    if (item['type'] === 'function_call') writePieces('function_call_arguments', 'arguments', String(item['arguments']), place, event);
    if (item['type'] === 'custom_tool_call') writePieces('custom_tool_call_input', 'input', String(item['input']), place, event);
    event('response.output_item.done', { output_index: index, item });
  });
  event('response.completed', { response: whole });
  response.end();
}

type WriteEvent = (type: string, data: object) => void;

/** An item as it is announced: encrypted content is there from the start, though it grows until the end. */
function beginningOf(item: JsonObject): JsonObject {
  switch (item['type']) {
    case 'reasoning':
      return { summary: [], ...('encrypted_content' in item ? { encrypted_content: 'gAAAAbeginning' } : {}) };
    case 'message':
      return { status: 'in_progress', content: [] };
    case 'function_call':
      return { status: 'in_progress', arguments: '' };
    default:
      return { status: 'in_progress', input: '' };
  }
}

function writeSummary(parts: readonly Part[], item: JsonObject, event: WriteEvent): void {
  parts.forEach((part, index) => {
    const place = { ...item, summary_index: index };
    event('response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } });
    for (const delta of piecesOf(part.text)) event('response.reasoning_summary_text.delta', { ...place, delta });
    event('response.reasoning_summary_text.done', { ...place, text: part.text });
    event('response.reasoning_summary_part.done', { ...place, part });
  });
}

function writeContent(parts: readonly Part[], item: JsonObject, event: WriteEvent): void {
  parts.forEach((part, index) => {
    const place = { ...item, content_index: index };
    event('response.content_part.added', { ...place, part: { ...part, text: '' } });
    for (const delta of piecesOf(part.text)) event('response.output_text.delta', { ...place, delta, logprobs: [] });
    event('response.output_text.done', { ...place, text: part.text, logprobs: [] });
    event('response.content_part.done', { ...place, part });
  });
}

function writePieces(kind: string, field: string, text: string, place: JsonObject, event: WriteEvent): void {
  for (const delta of piecesOf(text)) event(`response.${kind}.delta`, { ...place, delta });
  event(`response.${kind}.done`, { ...place, [field]: text });
}
