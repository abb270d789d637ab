import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

interface ClaudeBody {
  readonly stream?: boolean;
  readonly tools: readonly { readonly name: string }[];
  readonly messages: readonly { readonly content: readonly { readonly type: string; readonly name?: string }[] }[];
}

const usage = { input_tokens: 9, output_tokens: 3 };
const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', usage };

/** Calls the tool that its name says is in a namespace; once it has the result, it is done. */
const calling: Behaviour = ({ body }, response) => {
  const { messages, stream } = JSON.parse(body.toString('utf8')) as ClaudeBody;
  const hasResult = messages.some(({ content }) => content.some(({ type }) => type === 'tool_result'));
  const block = hasResult ? { type: 'text', text: 'Done.' } : { type: 'tool_use', id: 'toolu_1', name: 'crm__find', input: { id: '7' } };
  const stop = hasResult ? 'end_turn' : 'tool_use';
  if (stream !== true) return sendJson(response, 200, { ...head, content: [block], stop_reason: stop });
  const delta = hasResult ? { type: 'text_delta', text: 'Done.' } : { type: 'input_json_delta', partial_json: '{"id":"7"}' };
  const events = [
    { type: 'message_start', message: { ...head, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: hasResult ? { type: 'text', text: '' } : { ...block, input: {} } },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
};

const parameters = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
const tool = { type: 'function' as const, name: 'find', description: 'Finds one.', parameters, strict: false };

describe('tools that a client of Responses groups and adds on its way', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let client: OpenAI;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const baseUrl = upstream.place('claude', calling).replace(/\/v1$/, '');
    const channel = { name: 'claude', provider: 'claude', config: { baseUrl, apiKey: upstreamKey }, models: ['m'] };
    gateway = await startGateway({ apply: { models: pricedByTokens('m'), channels: [channel], users: [alice], tokens: [openToken] } });
    client = new OpenAI({ apiKey: openToken.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it.each([false, true])('are called by another vendor as the client named them (streamed: %s)', async (stream) => {
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'Who is 7?' },
      {
        type: 'additional_tools',
        role: 'developer',
        tools: [{ type: 'namespace', name: 'crm', description: 'Customers.', tools: [tool] }],
      },
    ];
    const ask = () => {
      const request = { model: 'm', input, store: false, tools: [tool] };
      return stream ? client.responses.stream(request).finalResponse() : client.responses.create(request);
    };
    const { output } = await ask();
    expect(output).toMatchObject([{ type: 'function_call', name: 'find', namespace: 'crm', arguments: '{"id":"7"}' }]);
    const [call] = output;
    if (call?.type !== 'function_call') throw new Error('Nothing was called.');
    input.push(call, { type: 'function_call_output', call_id: call.call_id, output: 'Ada' });
    expect((await ask()).output_text).toBe('Done.');
    const bodies = upstream.requestsTo('claude').slice(-2);
    for (const { body } of bodies) {
      expect((JSON.parse(body.toString('utf8')) as ClaudeBody).tools.map(({ name }) => name)).toEqual(['find', 'crm__find']);
    }
    const { messages } = JSON.parse(bodies[1]?.body.toString('utf8') ?? '') as ClaudeBody;
    expect(messages.flatMap(({ content }) => content.flatMap(({ name }) => name ?? []))).toEqual(['crm__find']);
  });

  it('leave the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
