import type { ServerResponse } from 'node:http';
import { upstreamKey } from '../../support/apply-document.js';
import { sendJson } from '../../replay/scripted-upstream.js';
import { claudeBody, type ClaudeBody, type ClaudeMessage } from './claude-body.js';
import { demand, readStrictly } from './complaint.js';
import type { Answer, Conversation, Memory, PastCall, VendorDouble } from './exchange.js';
import { beginStream, piecesOf, randomId, randomSeal, writeEvent } from './sse.js';

export const claudeDouble: VendorDouble = {
  dialect: 'claude-messages',
  model: 'claude-sonnet-4-5',
  channel: (url) => ({ provider: 'claude', config: { baseUrl: url, apiKey: upstreamKey } }),
  read: (request, memory): Conversation => {
    demand(/^\/v1\/messages(\?beta=true)?$/.test(request.path), `There is no ${request.path}.`);
    demand(request.headers['x-api-key'] === upstreamKey, 'The key is wrong.');
    demand(request.headers['anthropic-version'] === '2023-06-01', 'anthropic-version: is missing.');
    const body = readStrictly(claudeBody, request.body);
    checkSettings(body, String(request.headers['anthropic-beta'] ?? ''));
    const { tools = [], thinking, messages } = body;
    const wantsThinking = thinking !== undefined && thinking.type !== 'disabled';
    return {
      tools: tools.flatMap((tool) => ('input_schema' in tool ? [{ name: tool.name, parameters: tool.input_schema, freeform: false }] : [])),
      calls: pastCalls(messages, wantsThinking, memory),
      wantsThinking,
    };
  },
  write: (answer, request, memory, response) => {
    const { model, stream } = JSON.parse(request.body.toString('utf8')) as ClaudeBody;
    const blocks = blocksOf(answer, memory);
    if (stream === true) writeStream(answer, blocks, model, response);
    else sendJson(response, 200, { ...envelope(model), content: blocks, stop_reason: stopOf(answer), usage: usageOf(answer) });
  },
  refuse: (message, status, response) =>
    sendJson(response, status, {
      type: 'error',
      error: { type: status === 400 ? 'invalid_request_error' : 'overloaded_error', message },
      request_id: randomId('req_'),
    }),
};

function checkSettings({ thinking, max_tokens: max, temperature = 1, top_k: topK, messages, ...body }: ClaudeBody, beta: string): void {
  demand(
    body.context_management === undefined || beta.includes('context-management-'),
    'context_management: Extra inputs are not permitted',
  );
  const marks = JSON.stringify({ messages, ...body }).match(/"cache_control":\{/g)?.length ?? 0;
  demand(marks <= 4, `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`);
  if (thinking === undefined || thinking.type === 'disabled') return;
  demand(temperature === 1 && topK === undefined, '`temperature` may only be set to 1 when thinking is enabled.');
  demand(
    body.tool_choice?.type !== 'any' && body.tool_choice?.type !== 'tool',
    'Thinking may not be enabled when tool_choice forces tool use.',
  );
  if (thinking.type === 'enabled') demand(thinking.budget_tokens < max, '`max_tokens` must be greater than `thinking.budget_tokens`.');
}

type Block = Exclude<ClaudeMessage['content'], string>[number];

function blocksIn({ content }: ClaudeMessage): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Results stand first in the message after their calls, all of them, each once. */
function pastCalls(messages: readonly ClaudeMessage[], wantsThinking: boolean, memory: Memory): readonly PastCall[] {
  demand(messages[0]?.role === 'user', 'messages: first message must use the "user" role');
  demand(messages.at(-1)?.role === 'user', 'This model does not support assistant message prefill.');
  return messages.flatMap((message, index) => {
    const blocks = blocksIn(message);
    checkBlocks(blocks, `messages.${index}`, memory);
    const place = `messages.${index}`;
    const uses = blocks.filter((block) => block.type === 'tool_use');
    if (message.role === 'user') {
      demand(uses.length === 0, `${place}: \`tool_use\` blocks can only be in \`assistant\` messages`);
      checkResults(blocks, messages[index - 1], place);
      return [];
    }
    demand(
      blocks.every(({ type }) => type !== 'tool_result'),
      `${place}: \`tool_result\` blocks can only be in \`user\` messages`,
    );
    if (uses.length === 0) return [];
    if (wantsThinking && isCurrentLoop(messages, index))
      demand(
        blocks[0]?.type === 'thinking' || blocks[0]?.type === 'redacted_thinking',
        `${place}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${blocks[0]?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`,
      );
    const results = blocksIn(messages[index + 1] ?? { role: 'user', content: [] });
    return uses.map(({ id, name, input }): PastCall => {
      const answers = results.filter((block) => block.type === 'tool_result' && block.tool_use_id === id);
      demand(answers.length === 1, `${place}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}.`);
      return { id, name, input, result: JSON.stringify(answers[0]) };
    });
  });
}

function checkResults(blocks: readonly Block[], before: ClaudeMessage | undefined, place: string): void {
  const wanted = before === undefined ? [] : blocksIn(before).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  const given = blocks.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
  for (const id of given) demand(wanted.includes(id), `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}.`);
  const first = blocks.findIndex(({ type }) => type !== 'tool_result');
  const isFirst = first < 0 || blocks.slice(first).every(({ type }) => type !== 'tool_result');
  demand(isFirst, `${place}: \`tool_result\` blocks must come before other content.`);
}

/** The assistant's turn goes on as long as users send nothing but results. */
function isCurrentLoop(messages: readonly ClaudeMessage[], index: number): boolean {
  return messages
    .slice(index + 1)
    .every((message) => message.role === 'assistant' || blocksIn(message).some(({ type }) => type === 'tool_result'));
}

/** Thinking is taken back as it was given, to the letter. */
function checkBlocks(blocks: readonly Block[], place: string, memory: Memory): void {
  blocks.forEach((block, index) => {
    const at = `${place}.content.${index}`;
    if (block.type === 'text') demand(block.text.trim() !== '', `${at}: text content blocks must contain non-whitespace text`);
    if (block.type !== 'thinking' && block.type !== 'redacted_thinking') return;
    const seal = block.type === 'thinking' ? block.signature : block.data;
    const sealed = memory.seals.get(seal);
    demand(sealed !== undefined, `${at}: Invalid \`signature\` in \`${block.type}\` block: ${seal}`);
    if (block.type === 'thinking') demand(block.thinking === sealed.thinking, `${at}: \`thinking\` blocks cannot be modified.`);
    memory.sealsReturned.add(seal);
  });
}

type Said = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Every second answer's thinking is redacted. */
function blocksOf(answer: Answer, memory: Memory): readonly Said[] {
  const { call, text, thinking, number } = answer;
  const id = randomId('toolu_01');
  const seal = thinking === undefined ? undefined : randomSeal();
  memory.remember(id, answer, seal);
  const isRedacted = number % 2 === 1;
  return [
    ...(seal === undefined
      ? []
      : [isRedacted ? { type: 'redacted_thinking', data: seal } : { type: 'thinking', thinking, signature: seal }]),
    { type: 'text', text },
    ...(call === undefined ? [] : [{ type: 'tool_use', id, name: call.name, input: call.input }]),
  ];
}

function envelope(model: string): object {
  return { id: randomId('msg_01'), type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null };
}

function stopOf({ call }: Answer): string {
  return call === undefined ? 'end_turn' : 'tool_use';
}

/** What is read from the cache is no part of `input_tokens`. */
function usageOf({ usage }: Answer, outputTokens = usage.output): object {
  return {
    input_tokens: usage.input - usage.cacheRead,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: 'standard',
  };
}

function writeStream(answer: Answer, blocks: readonly Said[], model: string, response: ServerResponse): void {
  const event = (type: string, data: object): void => writeEvent(response, type, data);
  beginStream(response);
  event('message_start', { message: { ...envelope(model), usage: usageOf(answer, 1) } });
  event('ping', {});
  blocks.forEach((block, index) => {
    const delta = (type: string, data: object): void => event('content_block_delta', { index, delta: { type, ...data } });
    event('content_block_start', { index, content_block: startOf(block) });
    if (block.type === 'text') for (const text of piecesOf(String(block['text']))) delta('text_delta', { text });
    if (block.type === 'thinking') {
      for (const thinking of piecesOf(String(block['thinking']))) delta('thinking_delta', { thinking });
      delta('signature_delta', { signature: block['signature'] });
    }
    if (block.type === 'tool_use') {
      delta('input_json_delta', { partial_json: '' });
      for (const piece of piecesOf(JSON.stringify(block['input']))) delta('input_json_delta', { partial_json: piece });
    }
    event('content_block_stop', { index });
  });
  event('message_delta', { delta: { stop_reason: stopOf(answer), stop_sequence: null }, usage: usageOf(answer) });
  event('message_stop', {});
  response.end();
}

function startOf(block: Said): object {
  if (block.type === 'text') return { type: 'text', text: '' };
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return block.type === 'tool_use' ? { ...block, input: {} } : block;
}
