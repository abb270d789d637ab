import type { CanonicalRequest, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { encodeTurns } from './encode-contents.js';
import { encodeGenerationConfig } from './encode-generation.js';
import { encodeTools } from './encode-tools.js';
import { loseForeignExtensions, losingOnce } from './losses.js';
import { familyOf } from './model-family.js';
import { geminiId, isJsonObject } from './wire.js';

/** The body of `generateContent`; model and streaming are said in the path. */
export function encodeRequest(request: CanonicalRequest, context: CodecContext): JsonObject {
  const lose = losingOnce(context);
  loseForeignExtensions(request, context);
  if (request.endUser !== undefined) lose({ field: 'endUser', how: 'dropped', why: 'The service has no field for it.' });
  const turns = encodeTurns(request, familyOf(context.model.id).needsCallSignatures, lose);
  const generationConfig = encodeGenerationConfig(request, context.model.id, lose);
  const body: JsonObject = {
    ...turns,
    ...encodeTools(request, lose),
    ...(Object.keys(generationConfig).length > 0 ? { generationConfig } : {}),
  };
  return withExtension(body, request.extensions?.[geminiId] ?? {});
}

/** Fields of our own dialect that have no canonical form; objects such as `generationConfig` are joined with what is there. */
function withExtension(body: JsonObject, extension: JsonObject): JsonObject {
  const whole = { ...body };
  for (const [name, value] of Object.entries(extension)) {
    const present = whole[name];
    whole[name] = isJsonObject(present) && isJsonObject(value) ? withExtension(present, value) : value;
  }
  return whole;
}
