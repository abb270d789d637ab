import type { CodecContext, JsonObject, ToolCallBlock } from '@tollgate/plugin-kit';
import { isObject } from './wire.js';

/** Schema of the function that stands in for a tool which takes plain text. */
export const freeformSchema = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] } as const;

/** The arguments of a call as the object that the vendor wants. Plain text and broken JSON go into a member `input`. */
export function argumentsObject(call: ToolCallBlock, context: CodecContext): JsonObject {
  if (call.freeform === true) return { input: call.arguments };
  if (call.arguments.trim() === '') return {};
  const parsed = parse(call.arguments);
  if (isObject(parsed)) return parsed;
  context.lose({
    field: `${call.name}.arguments`,
    how: 'coerced',
    why: 'The arguments are no JSON object; they became its member "input".',
  });
  return { input: call.arguments };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
