import {
  BadRequestError,
  type CanonicalRequest,
  type CodecContext,
  type JsonObject,
  type RequestFacts,
  type Thinking,
  type ToolChoice,
  type ToolDefinition,
} from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { ownExtensions } from '../extensions.js';
import { readOutputFormat } from '../output-format.js';
import { readEffort } from '../reasoning-effort.js';
import {
  isObject,
  optionalBoolean,
  optionalCount,
  optionalObject,
  optionalText,
  requireArray,
  requireName,
  requireObject,
} from '../request-fields.js';
import { readSearch } from '../server-tools.js';
import { readSampling, readStop } from '../sampling-fields.js';
import { decodeMessages } from './decode-messages.js';
import { customFormats, decodeFunction, decodeToolChoice, decodeTools } from './decode-tools.js';
import { chatDialectId } from './wire.js';

/** Top-level fields that have a place in the canonical form; all others travel as extensions. */
const carriedFields: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'messages',
  'tools',
  'web_search_options',
  'functions',
  'function_call',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'stop',
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'reasoning_effort',
  'reasoning',
  'include_reasoning',
  'response_format',
  'user',
]);

/** @throws BadRequestError naming the field at fault. */
export function decodeRequest(body: JsonObject, facts: RequestFacts, context: CodecContext): CanonicalRequest {
  if ((facts.choices ?? 1) > 1) {
    throw new BadRequestError(
      'n must be 1 here: the model is served by an upstream of another dialect, which gives one answer a call.',
      'n',
    );
  }
  const messages = requireArray(body['messages'], 'messages');
  if (messages.length === 0) throw new BadRequestError('messages must hold at least one message.', 'messages');
  const toolChoice = readToolChoice(body);
  const { include_usage: usageInStream, ...otherStreamOptions } = optionalObject(body['stream_options'], 'stream_options') ?? {};
  return defined({
    model: facts.model,
    stream: facts.stream,
    turns: decodeMessages(messages, context),
    tools: withSearch(readTools(body, context), body),
    toolChoice,
    parallelToolCalls: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
    outputTokensMax: facts.outputTokensMax,
    stopSequences: readStop(body['stop']),
    sampling: readSampling(body),
    thinking: readThinking(body, context),
    format: readOutputFormat(body['response_format'], 'response_format', 'json_schema', context),
    endUser: optionalText(body['user'], 'user'),
    usageInStream: usageInStream === true ? (true as const) : undefined,
    extensions: ownExtensions(chatDialectId, body, carriedFields, {
      parts: { stream_options: otherStreamOptions },
      toolChoice,
      formats: customFormats(body['tools']),
    }),
  });
}

function readTools(body: JsonObject, context: CodecContext): readonly ToolDefinition[] | undefined {
  if (body['tools'] !== undefined && body['tools'] !== null) return decodeTools(body['tools']);
  if (body['functions'] === undefined || body['functions'] === null) return undefined;
  context.lose({ field: 'functions', how: 'emulated', why: 'Functions are offered as tools; calls come back as tool_calls.' });
  const functions = requireArray(body['functions'], 'functions');
  return functions.map((declared, index) => decodeFunction(requireObject(declared, `functions.${index}`), `functions.${index}`));
}

/** Here searching is no tool but a field of the request. */
function withSearch(tools: readonly ToolDefinition[] | undefined, body: JsonObject): readonly ToolDefinition[] | undefined {
  const options = optionalObject(body['web_search_options'], 'web_search_options');
  return options === undefined ? tools : [...(tools ?? []), { name: 'web_search', server: readSearch(options) }];
}

function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'];
  if (choice !== undefined && choice !== null) return decodeToolChoice(choice);
  const legacy = body['function_call'];
  if (legacy === undefined || legacy === null) return undefined;
  if (legacy === 'auto' || legacy === 'none') return legacy;
  if (!isObject(legacy)) throw new BadRequestError('function_call must be auto, none or name a function.', 'function_call');
  return { name: requireName(legacy['name'], 'function_call.name') };
}

/** The vendor's `reasoning_effort`, or the `reasoning` object of compatible servers, with their word on whether to show it. */
function readThinking(body: JsonObject, context: CodecContext): Thinking | undefined {
  const effort = readEffort(body['reasoning_effort'], 'reasoning_effort');
  const reasoning = optionalObject(body['reasoning'], 'reasoning');
  const included = optionalBoolean(body['include_reasoning'], 'include_reasoning');
  const excluded = optionalBoolean(reasoning?.['exclude'], 'reasoning.exclude');
  const shown = excluded === undefined ? included : !excluded;
  const thinking = effort ?? (reasoning === undefined ? undefined : readReasoning(reasoning, context));
  if (thinking === undefined) return shown === true ? { mode: 'auto', shown } : undefined;
  return shown === undefined || thinking.mode === 'off' ? thinking : { ...thinking, shown };
}

function readReasoning(reasoning: JsonObject, context: CodecContext): Thinking {
  const { enabled, effort, max_tokens: budget, exclude: _exclude, ...rest } = reasoning;
  for (const field of Object.keys(rest)) {
    context.lose({ field: `reasoning.${field}`, how: 'dropped', why: 'Only compatible servers know this field.' });
  }
  const budgetTokens = optionalCount(budget, 'reasoning.max_tokens');
  if (optionalBoolean(enabled, 'reasoning.enabled') === false) return { mode: 'off' };
  return readEffort(effort, 'reasoning.effort') ?? defined({ mode: 'on' as const, budgetTokens });
}
