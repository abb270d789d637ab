import { type Instructions, isObject, type JsonObject, withInstructions } from '@tollgate/plugin-kit';

/** Into `systemInstruction`, in whichever of its forms the caller wrote it. What is cached holds its own, and takes none beside it. */
export function instruct(body: JsonObject, instructions: Instructions): void {
  if (body['cachedContent'] !== undefined || body['cached_content'] !== undefined) return;
  const given = body['systemInstruction'] ?? body['system_instruction'];
  const partOf = (text: string): JsonObject => ({ text });
  const parts = withInstructions(partsOf(given), instructions, partOf);
  delete body['system_instruction'];
  body['systemInstruction'] = { ...(isObject(given) && given['parts'] !== undefined ? given : {}), parts: textParts(parts) };

  function textParts(made: unknown): unknown {
    return typeof made === 'string' ? [partOf(made)] : made;
  }
}

/** A text, a part, or a content with parts. */
function partsOf(given: unknown): unknown {
  if (!isObject(given)) return given;
  return given['parts'] ?? [given];
}
