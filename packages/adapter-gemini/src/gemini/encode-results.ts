import type { CanonicalRequest, Loss, ToolResultBlock } from '@tollgate/plugin-kit';
import { mediaPart } from './encode-media.js';
import { parsedOrUndefined } from './tool-arguments.js';
import { isJsonObject, type WirePart } from './wire.js';

/** Names of the functions that were called, by the ids of the calls. */
export function callNames(request: CanonicalRequest): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const turn of request.turns) for (const block of turn.blocks) if (block.type === 'tool-call') names.set(block.id, block.name);
  return names;
}

/** A result as a part, followed by the media in it: only the newest models take media inside of results. */
export function resultParts(block: ToolResultBlock, names: ReadonlyMap<string, string>, lose: (loss: Loss) => void): readonly WirePart[] {
  const texts = block.content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const name = names.get(block.callId) ?? block.name;
  if (name === undefined) lose({ field: 'tool result name', how: 'coerced', why: 'No call of this result is known: named by its id.' });
  const response = responseOf(texts.join('\n'), block.failed === true);
  const media = block.content.flatMap((part) => (part.type === 'media' ? (mediaPart(part, lose) ?? []) : []));
  if (media.length > 0) lose({ field: 'tool result media', how: 'coerced', why: 'Sent after the result, in the same turn.' });
  return [{ functionResponse: { id: block.callId, name: name ?? block.callId, response } }, ...media];
}

/** The service wants an object: a result that is one goes as it is, any other text under `result` or `error`. */
function responseOf(text: string, failed: boolean): object {
  if (failed) return { error: text };
  const parsed = text.trimStart().startsWith('{') ? parsedOrUndefined(text) : undefined;
  return isJsonObject(parsed) && !looksWrapped(parsed) ? parsed : { result: text };
}

/** An object that would be read as one of our own wrappings. */
function looksWrapped(response: object): boolean {
  const [first, ...others] = Object.entries(response);
  return first !== undefined && others.length === 0 && ['result', 'output', 'error'].includes(first[0]) && typeof first[1] === 'string';
}
