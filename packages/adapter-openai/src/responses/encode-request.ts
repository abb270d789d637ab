import type { CanonicalRequest, CodecContext, JsonObject, OutputFormat } from '@tollgate/plugin-kit';
import { encodeSampling } from '../chat/encode-sampling.js';
import { chatDialectId } from '../chat/wire.js';
import { defined } from '../defined.js';
import { writableExtensions } from '../extensions.js';
import { isOwnModel, isReasoningModel } from '../model-families.js';
import { writeEffort } from '../reasoning-effort.js';
import { reportOnce } from '../report-once.js';
import { isObject } from '../request-fields.js';
import { encodeInstructions } from './encode-content.js';
import { encodeItems } from './encode-items.js';
import { encodeToolChoice, encodeTools } from './encode-tools.js';
import { responsesDialectId, sealedReasoning, type TextFormat } from './wire.js';

const ownOutputTokensMin = 16;

/** The body for an upstream that speaks Responses. It keeps nothing of ours: every request brings the whole conversation. */
export function encodeRequest(request: CanonicalRequest, givenContext: CodecContext): JsonObject {
  const context = reportOnce(givenContext);
  const extensions = writableExtensions(request, responsesDialectId, chatDialectId, context);
  const { 'tools.format': formats, reasoning, text, include, ...otherExtensions } = extensions;
  const tools = encodeTools(request.tools ?? [], formats, request.model, context);
  return defined({
    store: false,
    ...otherExtensions,
    model: request.model,
    ...encodeConversation(request, context),
    stream: request.stream ? true : undefined,
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: encodeToolChoice(request, tools) ?? otherExtensions['tool_choice'],
    parallel_tool_calls: tools.length === 0 ? undefined : request.parallelToolCalls,
    max_output_tokens: outputLimit(request, context),
    ...sampling(request, context),
    reasoning: merged(reasoning, { effort: writeEffort(request.thinking, request.model, context), summary: summaryOf(request) }),
    text: merged(text, { format: request.format === undefined ? undefined : encodeFormat(request.format) }),
    include: includes(include, request.model),
    user: request.endUser,
  });
}

/**
 * What stands before the first word of the user are the instructions; later ones stay where they are, and so do those with a mark for the
 * cache, which instructions cannot bear. An input is needed in any case.
 */
function encodeConversation({ turns, model }: CanonicalRequest, context: CodecContext): JsonObject {
  const start = Math.max(
    0,
    turns.findIndex(({ role }) => role !== 'system'),
  );
  const instructions = encodeInstructions(
    turns.slice(0, start).flatMap(({ blocks }) => blocks),
    model,
    context,
  );
  if (typeof instructions !== 'string') return { input: encodeItems(turns, model, context) };
  return defined({
    instructions: instructions === '' ? undefined : instructions,
    input: encodeItems(turns.slice(start), model, context),
  });
}

function outputLimit({ outputTokensMax, model }: CanonicalRequest, context: CodecContext): number | undefined {
  if (outputTokensMax === undefined || outputTokensMax >= ownOutputTokensMin || !isOwnModel(model)) return outputTokensMax;
  context.lose({ field: 'outputTokensMax', how: 'coerced', why: `The vendor takes no limit below ${ownOutputTokensMin} tokens.` });
  return ownOutputTokensMin;
}

function sampling(request: CanonicalRequest, context: CodecContext): JsonObject {
  const { temperature, top_p, ...unknown } = encodeSampling(request, context);
  for (const field of [...Object.keys(unknown), ...(request.stopSequences?.length ? ['stopSequences'] : [])]) {
    context.lose({ field, how: 'dropped', why: 'This dialect has no such field.' });
  }
  return defined({ temperature, top_p });
}

/** The vendor shows reasoning as a summary, on demand; its models that do not reason refuse the demand. */
function summaryOf({ thinking, model }: CanonicalRequest): 'auto' | undefined {
  const isAsked = thinking?.shown === true && thinking.mode !== 'off';
  return isAsked && (isReasoningModel(model) || !isOwnModel(model)) ? 'auto' : undefined;
}

function merged(extension: unknown, members: JsonObject): JsonObject | undefined {
  const whole = { ...(isObject(extension) ? extension : {}), ...defined(members) };
  return Object.keys(whole).length === 0 ? undefined : whole;
}

/** Without it the vendor's reasoning could not be sent back with the next request. */
function includes(given: unknown, model: string): readonly unknown[] | undefined {
  const asked: readonly unknown[] = Array.isArray(given) ? given : [];
  if (!isReasoningModel(model) || asked.includes(sealedReasoning)) return asked.length === 0 ? undefined : asked;
  return [...asked, sealedReasoning];
}

function encodeFormat(format: OutputFormat): TextFormat {
  if (format.type === 'json') return { type: 'json_object' };
  return defined({ type: 'json_schema' as const, name: format.name, schema: format.schema, strict: format.strict });
}
