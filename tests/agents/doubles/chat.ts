import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { upstreamKey } from '../../support/apply-document.js';
import { sendJson } from '../../replay/scripted-upstream.js';
import { demand, parseJson, readStrictly } from './complaint.js';
import type { Answer, Memory, OfferedTool, PastCall, VendorDouble } from './exchange.js';
import { beginStream, piecesOf, randomId, writeData } from './sse.js';

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() });
const texts = z.union([z.string(), z.array(textPart).min(1)]);
const toolCall = z.strictObject({
  id: z.string().min(1).max(40),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string().regex(/^[\w-]{1,64}$/), arguments: z.string() }),
});
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string(), detail: z.string().optional() }),
});

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: texts, name: z.string().optional() }),
  z.strictObject({ role: z.literal('user'), content: z.union([z.string(), z.array(z.union([textPart, imagePart])).min(1)]) }),
  z.strictObject({
    role: z.literal('assistant'),
    content: texts.nullish(),
    reasoning_content: z.string().optional(),
    tool_calls: z.array(toolCall).min(1).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), content: texts, tool_call_id: z.string().min(1) }),
]);

/** A server of another vendor that speaks chat: DeepSeek's fields, which want the reasoning of a tool loop back as text. */
const body = z.strictObject({
  model: z.literal('deepseek-reasoner'),
  messages: z.array(message).min(1),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({
          name: z.string().regex(/^[\w-]{1,64}$/),
          description: z.string().optional(),
          parameters: z.looseObject({ type: z.literal('object') }).optional(),
          strict: z.boolean().optional(),
        }),
      }),
    )
    .min(1)
    .max(128)
    .optional(),
  tool_choice: z
    .union([
      z.enum(['auto', 'none', 'required']),
      z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: z.string() }) }),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  max_tokens: z.int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().positive().max(1).optional(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).optional(),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean() }).optional(),
  reasoning_effort: z.enum(['minimal', 'low', 'medium', 'high']).optional(),
  response_format: z.looseObject({ type: z.enum(['text', 'json_object', 'json_schema']) }).optional(),
  user: z.string().optional(),
});

type Body = z.output<typeof body>;
type Message = Body['messages'][number];

export const chatDouble: VendorDouble = {
  dialect: 'openai-chat',
  model: 'deepseek-reasoner',
  channel: (url) => ({ provider: 'openai-compatible', config: { baseUrl: `${url}/v1`, apiKey: upstreamKey } }),
  read: (request, memory) => {
    demand(request.path === '/v1/chat/completions', `There is no ${request.path}.`);
    demand(request.headers.authorization === `Bearer ${upstreamKey}`, 'The key is wrong.');
    const { messages, tools = [] } = readStrictly(body, request.body);
    demand(
      messages.some(({ role }) => role === 'user'),
      'There is no user message.',
    );
    return { tools: tools.map(offered), calls: pastCalls(messages, memory), wantsThinking: true };
  },
  write: (answer, request, memory, response) => {
    const { stream, model } = JSON.parse(request.body.toString('utf8')) as Body;
    if (stream === true) writeStream(answer, model, memory, response);
    else sendJson(response, 200, whole(answer, model, memory));
  },
  refuse: (text, status, response) =>
    sendJson(response, status, {
      error: { message: text, type: status === 400 ? 'invalid_request_error' : 'server_error', param: null, code: null },
    }),
};

function offered({ function: { name, parameters } }: NonNullable<Body['tools']>[number]): OfferedTool {
  return { name, parameters: parameters ?? {}, freeform: false };
}

/** Each call has exactly one result, and they follow the calls at once. */
function pastCalls(messages: readonly Message[], memory: Memory): readonly PastCall[] {
  const calls: PastCall[] = [];
  for (let index = 0; index < messages.length; index += 1) {
    const said = messages[index];
    demand(said?.role !== 'tool', `messages.${index}: a tool message has to follow the tool_calls that it answers.`);
    if (said?.role !== 'assistant' || said.tool_calls === undefined) continue;
    const wanted = said.tool_calls;
    readReasoning(said.reasoning_content, wanted[0]?.id ?? '', index, memory);
    const results = messages.slice(index + 1, index + 1 + wanted.length);
    for (const { id, function: called } of wanted) {
      const answers = results.filter((result) => result.role === 'tool' && result.tool_call_id === id);
      demand(answers.length === 1, `messages.${index}: ${answers.length} tool messages answer ${id}.`);
      const [{ content = '' } = {}] = answers;
      calls.push({ id, name: called.name, input: parseJson(called.arguments, `messages.${index}: arguments`), result: textOf(content) });
    }
    index += wanted.length;
  }
  return calls;
}

/** The reasoning before a tool call stands for this vendor's seal: it is wanted back word for word. */
function readReasoning(reasoning: string | undefined, callId: string, index: number, memory: Memory): void {
  const [expected] = [...memory.seals].find(([, sealed]) => sealed.callId === callId) ?? [];
  // Of others' calls any text is taken for reasoning.
  if (reasoning === undefined || expected === undefined) return;
  demand(reasoning === expected, `messages.${index}: reasoning_content was altered: ${reasoning}`);
  memory.sealsReturned.add(expected);
}

function textOf(content: Message['content']): string {
  return typeof content === 'string' ? content : (content ?? []).map((part) => ('text' in part ? part.text : '')).join('');
}

function usageOf({ usage }: Answer): object {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    prompt_cache_hit_tokens: usage.cacheRead,
    prompt_cache_miss_tokens: usage.input - usage.cacheRead,
  };
}

function whole(answer: Answer, model: string, memory: Memory): object {
  const id = randomId('call_00_');
  memory.remember(id, answer, answer.thinking);
  const { call, text, thinking } = answer;
  const toolCalls = call && [{ index: 0, id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } }];
  const said = {
    role: 'assistant',
    content: text,
    ...(thinking && { reasoning_content: thinking }),
    ...(toolCalls && { tool_calls: toolCalls }),
  };
  const choices = [{ index: 0, message: said, logprobs: null, finish_reason: call === undefined ? 'stop' : 'tool_calls' }];
  return { id: randomId('chatcmpl-'), object: 'chat.completion', created: 1_764_000_000, model, choices, usage: usageOf(answer) };
}

function writeStream(answer: Answer, model: string, memory: Memory, response: ServerResponse): void {
  const { call, text, thinking = '' } = answer;
  const callId = randomId('call_00_');
  memory.remember(callId, answer, answer.thinking);
  const envelope = {
    id: randomId('chatcmpl-'),
    object: 'chat.completion.chunk',
    created: 1_764_000_000,
    model,
    system_fingerprint: 'fp_double',
  };
  const write = (delta: object, finishReason: string | null = null, usage: object | null = null): void =>
    writeData(response, { ...envelope, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], usage });
  beginStream(response);
  write({ role: 'assistant', content: null, ...(thinking === '' ? {} : { reasoning_content: '' }) });
  for (const piece of piecesOf(thinking)) write({ content: null, reasoning_content: piece });
  for (const piece of piecesOf(text)) write({ content: piece });
  if (call !== undefined) {
    write({ tool_calls: [{ index: 0, id: callId, type: 'function', function: { name: call.name, arguments: '' } }] });
    for (const piece of piecesOf(JSON.stringify(call.input))) write({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
  }
  write({ content: '' }, call === undefined ? 'stop' : 'tool_calls', usageOf(answer));
  response.end('data: [DONE]\n\n');
}
