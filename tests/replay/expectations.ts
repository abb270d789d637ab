import type { Fixture } from './fixtures.js';
import type {
  ChatMessage,
  ChatPart,
  ChatUsageFields,
  ClaudeMessage,
  ClaudeUsageFields,
  GeminiMessage,
  GeminiPart,
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
  /** What the model shows of its thinking. */
  readonly thinking: string;
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

/** Some vendors count reasoning beside the output: their total says so. */
function chatUsage(usage: ChatUsageFields): ExpectedUsage {
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  const isBeside = usage.prompt_tokens + usage.completion_tokens + reasoning === usage.total_tokens;
  return {
    input: usage.prompt_tokens,
    cacheRead: usage.prompt_tokens_details?.cached_tokens ?? 0,
    output: usage.completion_tokens + (isBeside ? reasoning : 0),
  };
}

function textOfParts(parts: readonly ChatPart[], type: string): string {
  return parts.map((part) => (part.type === type ? (part.text ?? textOfParts(part.thinking ?? [], 'text')) : '')).join('');
}

/** A whole answer is read like a stream of one chunk. */
function chat(chunks: readonly ChatMessage[]): Expectation {
  let text = '';
  let thinking = '';
  let stop: Stop | undefined;
  let usage: ExpectedUsage | undefined;
  const calls = new Map<number, { name: string; json: string }>();
  for (const chunk of chunks) {
    if (chunk.usage) usage = chatUsage(chunk.usage);
    const choice = chunk.choices?.[0];
    stop = chatStops[choice?.finish_reason ?? ''] ?? stop;
    const piece = choice?.delta ?? choice?.message;
    const { content, reasoning_content: reasoningContent, reasoning } = piece ?? {};
    text += typeof content === 'string' ? content : textOfParts(content ?? [], 'text');
    thinking += (reasoningContent ?? reasoning ?? '') + (typeof content === 'string' ? '' : textOfParts(content ?? [], 'thinking'));
    for (const [position, part] of (piece?.tool_calls ?? []).entries()) {
      const index = part.index ?? position;
      const call = calls.get(index) ?? { name: '', json: '' };
      calls.set(index, { name: call.name + (part.function?.name ?? ''), json: call.json + (part.function?.arguments ?? '') });
    }
  }
  const toolCalls = [...calls.values()].map((call) => ({ name: call.name, arguments: parsed(call.json) }));
  return { text, thinking, toolCalls, stop, usage };
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
    thinking: items
      .filter((item) => item.type === 'reasoning')
      .map(({ content, summary }) => (content?.length ? content : (summary ?? [])).map((part) => part.text ?? '').join('\n\n'))
      .join(''),
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
  if (usage.iterations !== undefined) return usage.iterations.map(claudeUsage).reduce(sum);
  const cacheRead = usage.cache_read_input_tokens ?? 0;
  const input = (usage.input_tokens ?? 0) + cacheRead + (usage.cache_creation_input_tokens ?? 0);
  return { input, cacheRead, output: usage.output_tokens ?? 0 };
}

function sum(one: ExpectedUsage, other: ExpectedUsage): ExpectedUsage {
  return { input: one.input + other.input, cacheRead: one.cacheRead + other.cacheRead, output: one.output + other.output };
}

function claudeUnary(body: ClaudeMessage): Expectation {
  const blocks = body.content ?? [];
  return {
    text: blocks.map((block) => block.text ?? '').join(''),
    thinking: blocks.map((block) => block.thinking ?? '').join(''),
    toolCalls: blocks.filter((block) => block.type === 'tool_use').map((block) => ({ name: block.name ?? '', arguments: block.input })),
    stop: claudeStops[body.stop_reason ?? ''],
    usage: claudeUsage(body.usage ?? {}),
  };
}

function claudeStream(events: readonly ClaudeMessage[]): Expectation {
  let text = '';
  let thinking = '';
  let stop: Stop | undefined;
  let usage: ClaudeUsageFields = {};
  const calls = new Map<number, { name: string; json: string; input: unknown }>();
  for (const event of events) {
    const index = event.index ?? 0;
    const head = event.content_block;
    if (head?.type === 'tool_use') calls.set(index, { name: head.name ?? '', json: '', input: head.input });
    text += head?.text ?? event.delta?.text ?? '';
    thinking += head?.thinking ?? event.delta?.thinking ?? '';
    const call = calls.get(index);
    if (call) call.json += event.delta?.partial_json ?? '';
    stop = claudeStops[event.delta?.stop_reason ?? ''] ?? stop;
    // Later figures replace earlier ones field by field.
    usage = { ...usage, ...event.message?.usage, ...event.usage };
  }
  return {
    text,
    thinking,
    // Some arguments stand whole in the first event.
    toolCalls: [...calls.values()].map(({ name, json, input }) => ({ name, arguments: json === '' ? (input ?? {}) : parsed(json) })),
    stop,
    usage: claudeUsage(usage),
  };
}

function gemini(chunks: readonly GeminiMessage[]): Expectation {
  const candidates = chunks.flatMap((chunk) => chunk.candidates?.[0] ?? []);
  const parts = candidates.flatMap((candidate) => candidate.content?.parts ?? []);
  const calls = geminiCalls(parts);
  const reason = candidates.findLast((candidate) => candidate.finishReason !== undefined)?.finishReason;
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata;
  const isBlocked = chunks.some((chunk) => chunk.promptFeedback?.blockReason !== undefined);
  return {
    text: parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join(''),
    thinking: parts.map((part) => (part.thought === true ? (part.text ?? '') : '')).join(''),
    toolCalls: calls,
    stop: isBlocked ? 'filter' : reason === undefined ? undefined : geminiStop(reason, calls.length > 0),
    usage: usage && {
      input: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
      cacheRead: usage.cachedContentTokenCount ?? 0,
      output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
    },
  };
}

/** Calls with their arguments, which may come piece by piece, each with its place: `$.recipe.steps[0]`. */
function geminiCalls(parts: readonly GeminiPart[]): readonly ExpectedToolCall[] {
  const calls: { readonly name: string; readonly arguments: Record<string, unknown> }[] = [];
  for (const { functionCall } of parts) {
    if (functionCall?.name !== undefined) calls.push({ name: functionCall.name, arguments: { ...(functionCall.args as object) } });
    for (const { jsonPath, willContinue: _willContinue, ...value } of functionCall?.partialArgs ?? []) {
      const [piece] = Object.values<unknown>(value);
      if (piece !== undefined) addAt(calls.at(-1)?.arguments ?? {}, jsonPath ?? '', piece);
    }
  }
  return calls;
}

function addAt(target: Record<string, unknown>, jsonPath: string, piece: unknown): void {
  const keys = [...jsonPath.matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
  let place: Record<string | number, unknown> = target;
  keys.slice(0, -1).forEach((key, depth) => {
    place[key] ??= typeof keys[depth + 1] === 'number' ? [] : {};
    place = place[key] as Record<string | number, unknown>;
  });
  const last = keys.at(-1) ?? '';
  const before = place[last];
  place[last] = typeof piece === 'string' && typeof before === 'string' ? before + piece : piece;
}

function geminiStop(reason: string, calls: boolean): Stop {
  if (reason === 'STOP') return calls ? 'tool' : 'end';
  return reason === 'MAX_TOKENS' ? 'length' : 'filter';
}

function parsed(json: string): unknown {
  return json === '' ? {} : JSON.parse(json);
}
