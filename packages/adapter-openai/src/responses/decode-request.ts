import {
  BadRequestError,
  type CanonicalRequest,
  type CodecContext,
  type JsonObject,
  type RequestFacts,
  type Sampling,
  type Thinking,
  type Turn,
} from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { type LeftOver, ownExtensions } from '../extensions.js';
import { readOutputFormat } from '../output-format.js';
import { readEffort } from '../reasoning-effort.js';
import { reportOnce } from '../report-once.js';
import { optionalBoolean, optionalNumber, optionalObject, optionalText } from '../request-fields.js';
import { decodeItems } from './decode-items.js';
import { decodeToolChoice, decodeTools } from './decode-tools.js';
import { responsesDialectId, sealedReasoning } from './wire.js';

/** Top-level fields that have a place in the canonical form; all others travel as extensions. */
const carriedFields: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'input',
  'instructions',
  'tools',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'user',
  'background',
]);

/** Fields that stand for a conversation which the vendor keeps: without it the answer would be about something else. */
const stateFields = ['previous_response_id', 'conversation', 'prompt'] as const;

/** @throws BadRequestError naming the field at fault. */
export function decodeRequest(body: JsonObject, facts: RequestFacts, givenContext: CodecContext): CanonicalRequest {
  const context = reportOnce(givenContext);
  refuseState(body);
  const { tools, formats } = decodeTools(body, context);
  const toolChoice = decodeToolChoice(body['tool_choice'], tools);
  const reasoning = optionalObject(body['reasoning'], 'reasoning');
  const text = optionalObject(body['text'], 'text');
  return defined({
    model: facts.model,
    stream: facts.stream,
    turns: readTurns(body, context),
    tools,
    toolChoice,
    parallelToolCalls: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
    outputTokensMax: facts.outputTokensMax,
    sampling: readSampling(body),
    thinking: reasoning === undefined ? undefined : readThinking(reasoning, context),
    format: readOutputFormat(text?.['format'], 'text.format', undefined, context),
    endUser: optionalText(body['user'], 'user'),
    extensions: readExtensions(body, { reasoning, text, toolChoice, formats }),
  });
}

function refuseState(body: JsonObject): void {
  for (const field of stateFields) {
    if (body[field] === undefined || body[field] === null) continue;
    throw new BadRequestError(
      `${field} names something that the vendor keeps. This model is served in another dialect: send the whole conversation in input.`,
      field,
      'state_not_available',
    );
  }
}

function readTurns(body: JsonObject, context: CodecContext): readonly Turn[] {
  const instructions = optionalText(body['instructions'], 'instructions');
  const { input } = body;
  const system: Turn[] = instructions ? [{ role: 'system', blocks: [{ type: 'text', text: instructions }] }] : [];
  if (typeof input === 'string') return [...system, { role: 'user', blocks: [{ type: 'text', text: input }] }];
  if (!Array.isArray(input)) throw new BadRequestError('input must be a string or an array of items.', 'input');
  if (input.length === 0) throw new BadRequestError('input must hold at least one item.', 'input');
  return [...system, ...decodeItems(input, context)];
}

function readSampling(body: JsonObject): Sampling | undefined {
  const sampling = defined({
    temperature: optionalNumber(body['temperature'], 'temperature'),
    topP: optionalNumber(body['top_p'], 'top_p'),
  });
  return Object.keys(sampling).length === 0 ? undefined : sampling;
}

const summaries: ReadonlySet<string> = new Set(['auto', 'concise', 'detailed']);

/** Reasoning is shown on demand only, as a summary. */
function readThinking(reasoning: JsonObject, context: CodecContext): Thinking | undefined {
  const effort = readEffort(reasoning['effort'], 'reasoning.effort');
  const summary =
    optionalText(reasoning['summary'], 'reasoning.summary') ?? optionalText(reasoning['generate_summary'], 'reasoning.generate_summary');
  if (summary !== undefined && !summaries.has(summary)) {
    throw new BadRequestError('reasoning.summary must be one of auto, concise, detailed.', 'reasoning.summary');
  }
  if (effort?.mode === 'off' || (effort === undefined && summary === undefined)) return effort;
  if (summary !== undefined && summary !== 'auto') {
    context.lose({ field: 'reasoning.summary', how: 'coerced', why: 'Other dialects show thinking or not: how much of it is up to them.' });
  }
  return { ...(effort ?? { mode: 'auto' }), shown: summary !== undefined };
}

function readExtensions(
  body: JsonObject,
  {
    reasoning = {},
    text = {},
    toolChoice,
    formats,
  }: Omit<LeftOver, 'parts'> & Readonly<Record<'reasoning' | 'text', JsonObject | undefined>>,
): CanonicalRequest['extensions'] {
  const { effort: _effort, summary: _summary, generate_summary: _olderSummary, ...otherReasoning } = reasoning;
  const { format: _format, ...otherText } = text;
  const open = Object.fromEntries(Object.entries(body).filter(([field, value]) => !isDoneAnyway(field, value)));
  return ownExtensions(responsesDialectId, open, carriedFields, {
    parts: { reasoning: otherReasoning, text: otherText },
    toolChoice,
    formats,
  });
}

/** Wishes that a translated call fulfils by itself: nothing is kept, nothing is cut short, and seals always come along. */
function isDoneAnyway(field: string, value: unknown): boolean {
  if (field === 'store') return value === false;
  if (field === 'truncation') return value === 'disabled';
  return field === 'include' && Array.isArray(value) && value.every((included) => included === sealedReasoning);
}
