import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from '../../replay/local-server.js';
import { type Behaviour, sendJson } from '../../replay/scripted-upstream.js';

/** Answers with a tool call so many times, then with text. */
export const loopTurns = 2;

/**
 * A vendor that thinks before each answer, seals its thinking, and wants the seals back: written from the vendors' documents and free of
 * the adapters' code, so that a mistake of theirs cannot hide here.
 */
export interface SealedVendor {
  readonly dialect: string;
  readonly provider: string;
  /** The seals of this vendor that a request brings back, each in the one place where the vendor looks for it. */
  sealsIn(body: unknown): readonly string[];
  /** The seal of its answer to a request with so many tool results; undefined where it seals nothing. */
  sealOf(turn: number): string | undefined;
  readonly behaviour: Behaviour;
}

type Json = Record<string, unknown>;

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const thought = (turn: number): string => `Thought ${turn}.`;
const callId = (vendor: string, turn: number): string => `call_${vendor}_${turn}`;
const cityOf = (turn: number): Json => ({ city: `City ${turn}` });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface VendorWords {
  readonly dialect: string;
  readonly provider: string;
  resultsIn(body: Json): number;
  sealsIn(body: Json): readonly string[];
  sealOf(turn: number): string | undefined;
  /** Why the vendor would refuse the request, by its documented rules. */
  objection?(body: Json): string | undefined;
  isStream(request: RecordedRequest, body: Json): boolean;
  whole(turn: number): unknown;
  frames(turn: number): readonly { readonly event?: string; readonly data: unknown }[];
}

function vendorOf(words: VendorWords): SealedVendor {
  return {
    ...words,
    sealsIn: (body) => words.sealsIn(body as Json),
    behaviour(request, response) {
      const body = JSON.parse(request.body.toString('utf8')) as Json;
      const objection = words.objection?.(body);
      if (objection !== undefined) return sendJson(response, 400, { error: { type: 'invalid_request_error', message: objection } });
      const turn = words.resultsIn(body);
      if (words.isStream(request, body)) sendFrames(response, words.frames(turn));
      else sendJson(response, 200, words.whole(turn));
    },
  };
}

function sendFrames(response: ServerResponse, frames: ReturnType<VendorWords['frames']>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const { event, data } of frames)
    response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`);
  response.end();
}

const bodyStreams = (_request: RecordedRequest, body: Json): boolean => body['stream'] === true;

const claudeSeal = (turn: number): string => base64(`claude seal ${turn} +/=`);
const claudeBlocks = (body: Json): readonly Json[] => list(body['messages']).flatMap(({ content }) => list(content));

const claude = vendorOf({
  dialect: 'claude-messages',
  provider: 'claude',
  resultsIn: (body) => claudeBlocks(body).filter(({ type }) => type === 'tool_result').length,
  sealsIn: (body) => claudeBlocks(body).flatMap(({ type, signature }) => (type === 'thinking' ? [String(signature)] : [])),
  sealOf: claudeSeal,
  objection(body) {
    const last = list(body['messages']).findLast(({ role }) => role === 'assistant');
    const isLoop = list(list(body['messages']).at(-1)?.['content']).some(({ type }) => type === 'tool_result');
    const first = list(last?.['content'])[0]?.['type'];
    if (!isLoop || (body['thinking'] as Json | undefined)?.['type'] !== 'enabled') return undefined;
    return first === 'thinking' || first === 'redacted_thinking' ? undefined : `Expected thinking, but found ${String(first)}.`;
  },
  isStream: bodyStreams,
  whole: (turn) => ({
    id: `msg_${turn}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [
      { type: 'thinking', thinking: thought(turn), signature: claudeSeal(turn) },
      turn < loopTurns
        ? { type: 'tool_use', id: callId('claude', turn), name: 'weather', input: cityOf(turn) }
        : { type: 'text', text: 'Done.' },
    ],
    stop_reason: turn < loopTurns ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
  }),
  frames: (turn) => {
    const event = (type: string, members: Json): { event: string; data: Json } => ({ event: type, data: { type, ...members } });
    const message = { id: `msg_${turn}`, type: 'message', role: 'assistant', model: 'claude-x', content: [], stop_reason: null };
    const answer =
      turn < loopTurns
        ? [
            event('content_block_start', {
              index: 1,
              content_block: { type: 'tool_use', id: callId('claude', turn), name: 'weather', input: {} },
            }),
            event('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json: JSON.stringify(cityOf(turn)) } }),
          ]
        : [
            event('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
            event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'Done.' } }),
          ];
    return [
      event('message_start', { message: { ...message, usage: { input_tokens: 10, output_tokens: 1 } } }),
      event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
      event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: thought(turn) } }),
      event('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: claudeSeal(turn) } }),
      event('content_block_stop', { index: 0 }),
      ...answer,
      event('content_block_stop', { index: 1 }),
      event('message_delta', {
        delta: { stop_reason: turn < loopTurns ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: 5 },
      }),
      event('message_stop', {}),
    ];
  },
});

const geminiSeal = (turn: number): string => base64(`gemini seal ${turn} ???>>>`);
const geminiParts = (body: Json): readonly Json[] => list(body['contents']).flatMap(({ parts }) => list(parts));

function geminiAnswer(turn: number): readonly Json[] {
  const last =
    turn < loopTurns
      ? { functionCall: { name: 'weather', args: cityOf(turn) }, thoughtSignature: geminiSeal(turn) }
      : { text: 'Done.', thoughtSignature: geminiSeal(turn) };
  return [{ text: thought(turn), thought: true }, last];
}

const geminiFrame = (parts: readonly Json[], finishReason?: string): Json => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
  modelVersion: 'gemini-x',
  responseId: 'r',
});

const gemini = vendorOf({
  dialect: 'gemini',
  provider: 'gemini',
  resultsIn: (body) => geminiParts(body).filter(({ functionResponse }) => functionResponse !== undefined).length,
  // The documented stand-in is no seal: it stands where another model made the call.
  sealsIn: (body) =>
    geminiParts(body).flatMap(({ thoughtSignature: signature }) =>
      typeof signature !== 'string' || signature === 'skip_thought_signature_validator' ? [] : [signature],
    ),
  sealOf: geminiSeal,
  isStream: ({ path }) => path.includes(':streamGenerateContent'),
  whole: (turn) => geminiFrame(geminiAnswer(turn), 'STOP'),
  frames: (turn) => [...geminiAnswer(turn).map((part) => ({ data: geminiFrame([part]) })), { data: geminiFrame([{ text: '' }], 'STOP') }],
});

const responsesSeal = (turn: number): string => `gAAAA_responses-seal_${turn}==`;

function responsesAnswer(turn: number): readonly Json[] {
  const reasoning = {
    id: `rs_${turn}`,
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: thought(turn) }],
    encrypted_content: responsesSeal(turn),
  };
  const call = {
    id: `fc_${turn}`,
    type: 'function_call',
    status: 'completed',
    call_id: callId('responses', turn),
    name: 'weather',
    arguments: JSON.stringify(cityOf(turn)),
  };
  const message = {
    id: `msg_${turn}`,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Done.', annotations: [] }],
  };
  return [reasoning, turn < loopTurns ? call : message];
}

const responsesObject = (turn: number, status: string, output: readonly Json[]): Json => ({
  id: `resp_${turn}`,
  object: 'response',
  created_at: 1_700_000_000,
  status,
  error: null,
  incomplete_details: null,
  model: 'gpt-x',
  output,
  usage:
    status === 'completed'
      ? {
          input_tokens: 10,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 2 },
          total_tokens: 15,
        }
      : null,
});

const responses = vendorOf({
  dialect: 'openai-responses',
  provider: 'openai',
  resultsIn: (body) => list(body['input']).filter(({ type }) => type === 'function_call_output').length,
  sealsIn: (body) => list(body['input']).flatMap(({ type, encrypted_content: seal }) => (type === 'reasoning' ? [String(seal)] : [])),
  sealOf: responsesSeal,
  isStream: bodyStreams,
  whole: (turn) => responsesObject(turn, 'completed', responsesAnswer(turn)),
  frames: (turn) => {
    let sequence = 0;
    const event = (type: string, members: Json): { event: string; data: Json } => ({
      event: type,
      data: { type, sequence_number: sequence++, ...members },
    });
    return [
      event('response.created', { response: responsesObject(turn, 'in_progress', []) }),
      // Items come whole, as servers do that stream no deltas: the deltas have tests of their own.
      ...responsesAnswer(turn).flatMap((item, index) => [
        event('response.output_item.added', { output_index: index, item }),
        event('response.output_item.done', { output_index: index, item }),
      ]),
      event('response.completed', { response: responsesObject(turn, 'completed', responsesAnswer(turn)) }),
    ];
  },
});

function chatMessage(turn: number): Json {
  const call = { id: callId('chat', turn), type: 'function', function: { name: 'weather', arguments: JSON.stringify(cityOf(turn)) } };
  return {
    role: 'assistant',
    reasoning_content: thought(turn),
    ...(turn < loopTurns ? { content: null, tool_calls: [call] } : { content: 'Done.' }),
  };
}

const chatEnvelope = { id: 'chatcmpl-x', created: 1_700_000_000, model: 'chat-x' };
const chatFinish = (turn: number): string => (turn < loopTurns ? 'tool_calls' : 'stop');
const chatUsage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

const chat = vendorOf({
  dialect: 'openai-chat',
  provider: 'openai-compatible',
  resultsIn: (body) => list(body['messages']).filter(({ role }) => role === 'tool').length,
  sealsIn: () => [],
  sealOf: () => undefined,
  isStream: bodyStreams,
  whole: (turn) => ({
    ...chatEnvelope,
    object: 'chat.completion',
    choices: [{ index: 0, message: chatMessage(turn), finish_reason: chatFinish(turn) }],
    usage: chatUsage,
  }),
  frames: (turn) => {
    const chunk = (delta: Json, finish: string | null): { data: Json } => ({
      data: { ...chatEnvelope, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] },
    });
    const { tool_calls: calls, ...said } = chatMessage(turn);
    return [
      chunk(said, null),
      ...list(calls).map((call, index) => chunk({ tool_calls: [{ index, ...call }] }, null)),
      chunk({}, chatFinish(turn)),
      { data: { ...chatEnvelope, object: 'chat.completion.chunk', choices: [], usage: chatUsage } },
    ];
  },
});

export const sealedVendors: readonly SealedVendor[] = [claude, gemini, responses, chat];
