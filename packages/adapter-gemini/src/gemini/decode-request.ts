import { BadRequestError, type CanonicalRequest, type CodecContext, type JsonObject, type RequestFacts } from '@tollgate/plugin-kit';
import { decodeContents, decodeSystemInstruction } from './decode-contents.js';
import { decodeGenerationConfig } from './decode-generation.js';
import { decodeToolConfig, decodeTools } from './decode-tools.js';
import { RequestFields } from './request-fields.js';
import { geminiId } from './wire.js';

/** The body of `generateContent` in canonical form. @throws BadRequestError */
export function decodeRequest(body: JsonObject, facts: RequestFacts, context: CodecContext): CanonicalRequest {
  const fields = new RequestFields(body, '');
  refuseCachedContent(fields);
  // The path names the model; some SDKs repeat it here.
  fields.value('model');
  const contents = fields.objects('contents');
  if (contents === undefined || contents.length === 0) throw new BadRequestError('contents is missing or empty.', 'contents');
  const generation = decodeGenerationConfig(fields.object('generationConfig'));
  const toolConfig = decodeToolConfig(fields);
  const request = {
    model: facts.model,
    stream: facts.stream,
    turns: [...decodeSystemInstruction(fields), ...decodeContents(contents, context)],
    ...decodeTools(fields, context),
    ...toolConfig.choice,
    ...generation.settings,
  };
  const extension = { ...fields.rest(), ...toolConfig.extension, ...generation.extension };
  return Object.keys(extension).length > 0 ? { ...request, extensions: { [geminiId]: extension } } : request;
}

function refuseCachedContent(fields: RequestFields): void {
  if (fields.value('cachedContent') === undefined) return;
  const field = fields.at('cachedContent');
  throw new BadRequestError(
    `${field}: cached content lives at one vendor and can only be used with a model of that vendor.`,
    field,
    'state_not_available',
  );
}
