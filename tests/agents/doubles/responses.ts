import { upstreamKey } from '../../support/apply-document.js';
import { sendJson } from '../../replay/scripted-upstream.js';
import { demand, parseJson, readStrictly } from './complaint.js';
import type { Answer, Conversation, JsonObject, Memory, OfferedTool, PastCall, VendorDouble } from './exchange.js';
import { responsesBody, type ResponsesBody, type ResponsesItem } from './responses-body.js';
import { writeResponsesStream } from './responses-stream.js';
import { randomId, randomSeal } from './sse.js';

export const responsesDouble: VendorDouble = {
  dialect: 'openai-responses',
  model: 'gpt-5.5',
  channel: (url) => ({ provider: 'openai', config: { baseUrl: `${url}/v1`, apiKey: upstreamKey, dialects: ['openai-responses'] } }),
  read: (request, memory): Conversation => {
    demand(request.path === '/v1/responses', `There is no ${request.path}.`);
    demand(request.headers.authorization === `Bearer ${upstreamKey}`, 'The key is wrong.');
    const { input, tools = [], include, store } = readStrictly(responsesBody, request.body);
    const items = typeof input === 'string' ? [] : input;
    if (store === false) checkStateless(items);
    return {
      tools: tools.flatMap(offered),
      calls: pastCalls(items, memory),
      wantsThinking: include?.includes('reasoning.encrypted_content') === true,
    };
  },
  write: (answer, request, memory, response) => {
    const body = JSON.parse(request.body.toString('utf8')) as ResponsesBody;
    const output = outputOf(answer, body, memory);
    const whole = responseOf(answer, body, output);
    if (body.stream === true) writeResponsesStream(whole, output, response);
    else sendJson(response, 200, whole);
  },
  refuse: (message, status, response) =>
    sendJson(response, status, {
      error: { message, type: status === 400 ? 'invalid_request_error' : 'server_error', param: null, code: null },
    }),
};

function offered(tool: NonNullable<ResponsesBody['tools']>[number]): readonly OfferedTool[] {
  if (tool.type === 'custom') return [{ name: tool.name, parameters: {}, freeform: true }];
  return tool.type === 'function' ? [{ name: tool.name, parameters: tool.parameters ?? {}, freeform: false }] : [];
}

/** Nothing was stored, so an item that comes without its content cannot be found. */
function checkStateless(items: readonly ResponsesItem[]): void {
  for (const item of items) {
    if (item.type !== 'reasoning') continue;
    demand(
      typeof item.encrypted_content === 'string',
      `Item with id '${item.id ?? ''}' not found. Items are not persisted when \`store\` is set to false.`,
    );
  }
}

function pastCalls(items: readonly ResponsesItem[], memory: Memory): readonly PastCall[] {
  const calls = items.flatMap((item, index): readonly PastCall[] => {
    if (item.type === 'reasoning') checkReasoning(item, items[index + 1], memory);
    if (item.type !== 'function_call' && item.type !== 'custom_tool_call') return [];
    const { call_id: id, name } = item;
    const input = item.type === 'function_call' ? parseJson(item.arguments, `input[${index}].arguments`) : item.input;
    const results = items.filter((later, place) => isResultOf(item, later) && place > index);
    demand(results.length === 1, `No tool output found for function call ${id}, or more than one: ${results.length}.`);
    return [{ id, name, input, result: JSON.stringify(results[0]) }];
  });
  for (const item of items) {
    if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') continue;
    demand(
      calls.some(({ id }) => id === item.call_id),
      `No tool call found for function call output with call_id ${item.call_id}.`,
    );
  }
  return calls;
}

type Call = Extract<ResponsesItem, { type: 'function_call' | 'custom_tool_call' }>;

function isResultOf(call: Call, item: ResponsesItem): boolean {
  return item.type === `${call.type}_output` && 'call_id' in item && item.call_id === call.call_id;
}

function checkReasoning(item: Extract<ResponsesItem, { type: 'reasoning' }>, next: ResponsesItem | undefined, memory: Memory): void {
  const { encrypted_content: seal } = item;
  if (typeof seal === 'string') {
    demand(memory.seals.has(seal), `The encrypted content ${seal.slice(0, 40)}… could not be verified.`);
    memory.sealsReturned.add(seal);
  }
  const isFollowed = next !== undefined && next.type !== 'function_call_output' && next.type !== 'custom_tool_call_output';
  demand(isFollowed, `Item '${item.id ?? ''}' of type 'reasoning' was provided without its required following item.`);
}

/** Reasoning comes first, encrypted if that was asked for; then the words, then the call. */
function outputOf(answer: Answer, { tools = [], include }: ResponsesBody, memory: Memory): readonly JsonObject[] {
  const { call, text, thinking } = answer;
  const callId = randomId('call_');
  const isEncrypted = include?.includes('reasoning.encrypted_content') === true;
  const seal = isEncrypted && thinking !== undefined ? `gAAAA${randomSeal()}` : undefined;
  memory.remember(callId, answer, seal);
  const summary = thinking === undefined ? [] : [{ type: 'summary_text', text: thinking }];
  const reasoning = { id: randomId('rs_'), type: 'reasoning', summary, ...(seal === undefined ? {} : { encrypted_content: seal }) };
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }];
  const isFreeform = tools.some((tool) => tool.type === 'custom' && tool.name === call?.name);
  const called = isFreeform
    ? { id: randomId('ctc_'), type: 'custom_tool_call', status: 'completed', call_id: callId, name: call?.name, input: call?.input }
    : {
        id: randomId('fc_'),
        type: 'function_call',
        status: 'completed',
        call_id: callId,
        name: call?.name,
        arguments: JSON.stringify(call?.input),
      };
  return [
    ...(thinking === undefined ? [] : [reasoning]),
    { id: randomId('msg_'), type: 'message', status: 'completed', role: 'assistant', content },
    ...(call === undefined ? [] : [called]),
  ];
}

function responseOf({ usage }: Answer, body: ResponsesBody, output: readonly JsonObject[]): JsonObject {
  return {
    id: randomId('resp_'),
    object: 'response',
    created_at: 1_764_000_000,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: body.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    store: body.store ?? true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: 1,
    truncation: 'disabled',
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cacheRead },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: usage.reasoning },
      total_tokens: usage.input + usage.output,
    },
    user: null,
    metadata: {},
  };
}
