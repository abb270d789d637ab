import { type CodecContext, type JsonObject, objectIn, type ToolCallBlock } from '@tollgate/plugin-kit';

/** Schema of the function that stands for a tool which takes plain text. */
export const freeformSchema: JsonObject = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };

/** The arguments of a call as the object that Bedrock wants. Plain text and broken JSON go into a member `input`. */
export function argumentsObject(call: ToolCallBlock, context: CodecContext): JsonObject {
  if (call.freeform === true) {
    context.lose({ field: call.name, how: 'emulated', why: 'A call with plain text became one with JSON.' });
    return { input: call.arguments };
  }
  if (call.arguments.trim() === '') return {};
  const parsed = objectIn(parse(call.arguments));
  if (parsed !== undefined) return parsed;
  const why = 'The arguments are no JSON object; they became its member "input".';
  context.lose({ field: `${call.name}.arguments`, how: 'coerced', why });
  return { input: call.arguments };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
