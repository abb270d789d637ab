import { type Instructions, type JsonObject, objectIn, withInstructions } from '@tollgate/plugin-kit';

/** Into `systemInstruction`, whichever of its forms the caller wrote. What is cached holds its own, and takes none beside it. */
export function instruct(body: JsonObject, instructions: Instructions): void {
  if (body['cachedContent'] !== undefined || body['cached_content'] !== undefined) return;
  const given = body['systemInstruction'] ?? body['system_instruction'];
  const content = objectIn(given);
  const parts = content === undefined ? given : (content['parts'] ?? [content]);
  const made = withInstructions(parts, instructions, (text) => ({ text }));
  delete body['system_instruction'];
  body['systemInstruction'] = {
    ...(content?.['parts'] === undefined ? {} : content),
    parts: typeof made === 'string' ? [{ text: made }] : made,
  };
}
