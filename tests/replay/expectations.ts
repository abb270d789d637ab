import type { Fixture } from './fixtures.js';
import type {
  ChatMessage,
  ChatUsageFields,
  ClaudeMessage,
  ClaudeUsageFields,
  GeminiMessage,
  ResponsesBody,
  ResponsesEvent,
} from './vendor-shapes.js';
import { wireResponseOf } from './wire.js';

/**
 * What a fixture says, read straight from its bytes by rules of the vendors' documents. It shares no code with the adapters, so that a
 * mistake of theirs cannot hide here.
 */
export interface Expectation {
  readonly text: string;
  readonly toolCalls: readonly ExpectedToolCall[];
  /** Undefined where the upstream states none. */
  readonly stop: Stop | undefined;
  readonly usage: ExpectedUsage | undefined;
}

export interface ExpectedToolCall {
  readonly name: string;
  /** Parsed JSON, or the text of a tool that takes plain text. */
  readonly arguments: unknown;
}

export type Stop = 'end' | 'tool' | 'length' | 'filter';

/** Whole input and output, whatever they are made of. */
export interface ExpectedUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
}

export function expectationOf(fixture: Fixture): Expectation {
  const messages = messagesOf(fixture);
  switch (fixture.dialect) {
    case 'openai-chat':
      return chat(messages as readonly ChatMessage[]);
    case 'openai-responses':
      return responses(fixture.stream ? finalResponse(messages as readonly ResponsesEvent[]) : (messages[0] as ResponsesBody));
    case 'claude-messages':
      return fixture.stream ? claudeStream(messages as readonly ClaudeMessage[]) : claudeUnary(messages[0] as ClaudeMessage);
    case 'gemini':
      return gemini(messages as readonly GeminiMessage[]);
    default:
      throw new Error(`There are no expectations for the dialect ${fixture.dialect}.`);
  }
}

/** The JSON of each frame, or the one body. */
function messagesOf(fixture: Fixture): readonly unknown[] {
  const body = wireResponseOf(fixture).body.toString('utf8');
  if (!fixture.stream) return [JSON.parse(body)];
  return body
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:') && !line.includes('[DONE]'))
    .map((line) => JSON.parse(line.slice(5)) as unknown);
}

const chatStops: Readonly<Record<string, Stop>> = { stop: 'end', length: 'length', tool_calls: 'tool', content_filter: 'filter' };

function chatUsage(usage: ChatUsageFields): ExpectedUsage {
  return { input: usage.prompt_tokens, cacheRead: usage.prompt_tokens_details?.cached_tokens ?? 0, output: usage.completion_tokens };
}

/** A whole answer is read like a stream of one chunk. */
function chat(chunks: readonly ChatMessage[]): Expectation {
  let text = '';
  let stop: Stop | undefined;
  let usage: ExpectedUsage | undefined;
  const calls = new Map<number, { name: string; json: string }>();
  for (const chunk of chunks) {
    if (chunk.usage) usage = chatUsage(chunk.usage);
    const choice = chunk.choices?.[0];
    stop = chatStops[choice?.finish_reason ?? ''] ?? stop;
    const piece = choice?.delta ?? choice?.message;
    text += piece?.content ?? '';
    for (const [position, part] of (piece?.tool_calls ?? []).entries()) {
      const index = part.index ?? position;
      const call = calls.get(index) ?? { name: '', json: '' };
      calls.set(index, { name: call.name + (part.function?.name ?? ''), json: call.json + (part.function?.arguments ?? '') });
    }
  }
  return { text, toolCalls: [...calls.values()].map((call) => ({ name: call.name, arguments: parsed(call.json) })), stop, usage };
}

/** The last event repeats the answer, but some places leave its items out: those come from their own events. */
function finalResponse(events: readonly ResponsesEvent[]): ResponsesBody {
  const last = events.findLast((event) => event.type === 'response.completed' || event.type === 'response.incomplete');
  return {
    ...last?.response,
    output: events.filter((event) => event.type === 'response.output_item.done').flatMap((event) => event.item ?? []),
  };
}

function responses(body: ResponsesBody): Expectation {
  const items = body.output ?? [];
  const calls = items.filter((item) => item.type === 'function_call' || item.type === 'custom_tool_call');
  const parts = items.filter((item) => item.type === 'message').flatMap((item) => item.content ?? []);
  return {
    text: parts.map((part) => part.text ?? '').join(''),
    toolCalls: calls.map((call) => ({
      name: call.name ?? '',
      arguments: call.type === 'custom_tool_call' ? call.input : parsed(call.arguments ?? ''),
    })),
    stop: responsesStop(body.incomplete_details?.reason, calls.length > 0),
    usage: body.usage && {
      input: body.usage.input_tokens,
      cacheRead: body.usage.input_tokens_details?.cached_tokens ?? 0,
      output: body.usage.output_tokens,
    },
  };
}

function responsesStop(reason: string | undefined, calls: boolean): Stop {
  if (reason === 'max_output_tokens') return 'length';
  if (reason === 'content_filter') return 'filter';
  return calls ? 'tool' : 'end';
}

const claudeStops: Readonly<Record<string, Stop>> = {
  end_turn: 'end',
  stop_sequence: 'end',
  tool_use: 'tool',
  max_tokens: 'length',
  refusal: 'filter',
};

function claudeUsage(usage: ClaudeUsageFields): ExpectedUsage {
  const cacheRead = usage.cache_read_input_tokens ?? 0;
  const input = (usage.input_tokens ?? 0) + cacheRead + (usage.cache_creation_input_tokens ?? 0);
  return { input, cacheRead, output: usage.output_tokens ?? 0 };
}

function claudeUnary(body: ClaudeMessage): Expectation {
  const blocks = body.content ?? [];
  return {
    text: blocks.map((block) => block.text ?? '').join(''),
    toolCalls: blocks.filter((block) => block.type === 'tool_use').map((block) => ({ name: block.name ?? '', arguments: block.input })),
    stop: claudeStops[body.stop_reason ?? ''],
    usage: claudeUsage(body.usage ?? {}),
  };
}

function claudeStream(events: readonly ClaudeMessage[]): Expectation {
  let text = '';
  let stop: Stop | undefined;
  let usage: ClaudeUsageFields = {};
  const calls = new Map<number, { name: string; json: string }>();
  for (const event of events) {
    const index = event.index ?? 0;
    const head = event.content_block;
    if (head?.type === 'tool_use') calls.set(index, { name: head.name ?? '', json: '' });
    text += head?.text ?? event.delta?.text ?? '';
    const call = calls.get(index);
    if (call) call.json += event.delta?.partial_json ?? '';
    stop = claudeStops[event.delta?.stop_reason ?? ''] ?? stop;
    // Later figures replace earlier ones field by field.
    usage = { ...usage, ...event.message?.usage, ...event.usage };
  }
  return {
    text,
    toolCalls: [...calls.values()].map((call) => ({ name: call.name, arguments: parsed(call.json) })),
    stop,
    usage: claudeUsage(usage),
  };
}

function gemini(chunks: readonly GeminiMessage[]): Expectation {
  const candidates = chunks.flatMap((chunk) => chunk.candidates?.[0] ?? []);
  const parts = candidates.flatMap((candidate) => candidate.content?.parts ?? []);
  const calls = parts.flatMap((part) => part.functionCall ?? []);
  const reason = candidates.findLast((candidate) => candidate.finishReason !== undefined)?.finishReason;
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata;
  return {
    text: parts.map((part) => part.text ?? '').join(''),
    toolCalls: calls.map((call) => ({ name: call.name, arguments: call.args ?? {} })),
    stop: reason === undefined ? undefined : geminiStop(reason, calls.length > 0),
    usage: usage && {
      input: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
      cacheRead: usage.cachedContentTokenCount ?? 0,
      output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
    },
  };
}

function geminiStop(reason: string, calls: boolean): Stop {
  if (reason === 'STOP') return calls ? 'tool' : 'end';
  return reason === 'MAX_TOKENS' ? 'length' : 'filter';
}

function parsed(json: string): unknown {
  return json === '' ? {} : JSON.parse(json);
}
