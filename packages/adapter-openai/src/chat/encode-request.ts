import type { CanonicalRequest, CodecContext, JsonObject, OutputFormat } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { writableExtensions } from '../extensions.js';
import { isOwnModel, isReasoningModel } from '../model-families.js';
import { writeEffort } from '../reasoning-effort.js';
import { reportOnce } from '../report-once.js';
import { isObject } from '../request-fields.js';
import { responsesDialectId } from '../responses/wire.js';
import { encodeMessages } from './encode-messages.js';
import { encodeSampling, encodeStop } from './encode-sampling.js';
import { encodeSearch, encodeToolChoice, encodeTools } from './encode-tools.js';
import { chatDialectId, type ResponseFormat } from './wire.js';

/** The body for an upstream that speaks chat. Streams are always asked for usage: calls are billed by it. */
export function encodeRequest(request: CanonicalRequest, givenContext: CodecContext): JsonObject {
  const context = reportOnce(givenContext);
  const extensions = extensionsFor(request, context);
  const { 'tools.format': formats, stream_options: streamOptions, ...otherExtensions } = extensions;
  const tools = request.tools === undefined ? [] : encodeTools(request.tools, formats, request.model, context);
  return defined({
    ...otherExtensions,
    model: request.model,
    messages: encodeMessages(request, context),
    stream: request.stream ? true : undefined,
    stream_options: request.stream ? { ...(isObject(streamOptions) ? streamOptions : {}), include_usage: true } : undefined,
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: encodeToolChoice(request, context) ?? otherExtensions['tool_choice'],
    web_search_options: encodeSearch(request, context),
    parallel_tool_calls: tools.length === 0 ? undefined : request.parallelToolCalls,
    ...outputLimit(request),
    stop: encodeStop(request, context),
    ...encodeSampling(request, context),
    reasoning_effort: encodeEffort(request, context),
    response_format: request.format === undefined ? undefined : encodeFormat(request.format),
    user: request.endUser,
  });
}

/** What a Responses client said to the vendor is not for compatible servers: some refuse fields that they do not know. */
function extensionsFor(request: CanonicalRequest, context: CodecContext): JsonObject {
  const extensions = writableExtensions(request, chatDialectId, responsesDialectId, context);
  if (isOwnModel(request.model)) return extensions;
  const own = request.extensions?.[chatDialectId] ?? {};
  const entries = Object.entries(extensions).filter(([field]) => {
    const isSaid = Object.hasOwn(own, field);
    if (!isSaid && field !== 'tools.format') context.lose({ field, how: 'dropped', why: "Only the vendor's own models take it." });
    return isSaid;
  });
  return Object.fromEntries(entries);
}

/** Compatible servers show what their models think; the vendor itself does not in this dialect. */
function encodeEffort({ thinking, model }: CanonicalRequest, context: CodecContext): unknown {
  if (thinking?.shown === true && thinking.mode !== 'off' && isOwnModel(model) && isReasoningModel(model)) {
    context.lose({ field: 'thinking.shown', how: 'dropped', why: `${model} shows nothing of its reasoning in chat.` });
  }
  return writeEffort(thinking, model, context);
}

/** Only the vendor's reasoning models insist on the newer name; many compatible servers know only the older one. */
function outputLimit(request: CanonicalRequest): JsonObject {
  if (request.outputTokensMax === undefined) return {};
  return { [isReasoningModel(request.model) ? 'max_completion_tokens' : 'max_tokens']: request.outputTokensMax };
}

function encodeFormat(format: OutputFormat): ResponseFormat {
  if (format.type === 'json') return { type: 'json_object' };
  return { type: 'json_schema', json_schema: defined({ name: format.name, schema: format.schema, strict: format.strict }) };
}
