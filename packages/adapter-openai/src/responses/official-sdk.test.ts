import { type CanonicalRequest, type CanonicalResponse, type CanonicalSink, emptyUsage, verdictForKind } from '@tollgate/plugin-kit';
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { describe, expect, it } from 'vitest';
import { answeringServers, failureOf, sseText } from '../testing/answering-server.js';
import { canonicalRequest, canonicalResponse } from '../testing/canonical.js';
import { playInterleaved, playResponse } from '../testing/play-response.js';
import { encodeResponses } from '../testing/responses-streams.js';
import { testContext } from '../testing/test-context.js';
import { openaiResponses } from './dialect.js';
import { openaiInputTokens } from './input-tokens.js';

const parameters = { type: 'object', properties: { place: { type: 'string' } }, required: ['place'], additionalProperties: false };
const request: CanonicalRequest = canonicalRequest({
  stream: true,
  tools: [
    { name: 'weather', parameters, strict: true },
    { name: 'patch', freeform: true },
  ],
});
const answer = canonicalResponse({
  id: 'resp_1',
  blocks: [
    { type: 'thinking', text: 'Hm', seal: { vendor: 'google', value: 'g' } },
    { type: 'text', text: 'It is "sunny",\n', citations: [{ url: 'https://example.org', title: 'T' }] },
    { type: 'text', text: 'said 他.' },
    { type: 'tool-call', id: 'a', name: 'weather', arguments: '{"place":"Boston"}', seal: { vendor: 'google', value: 's' } },
    { type: 'tool-call', id: 'b', name: 'patch', arguments: '{"input":"x"}' },
  ],
  stop: 'tool',
  usage: { ...emptyUsage(), inputText: 3, inputCacheRead: 2, outputText: 4, outputReasoning: 1 },
});
const items = [
  { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'tg1.google..g' },
  {
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'It is "sunny",\n', annotations: [{ url: 'https://example.org' }] }, { text: 'said 他.' }],
  },
  { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{"place":"Boston"}', status: 'completed' },
  { type: 'reasoning', summary: [] },
  { type: 'custom_tool_call', call_id: 'b', name: 'patch', input: 'x' },
];
const outputText = 'It is "sunny",\nsaid 他.';
const usage = { input_tokens: 5, output_tokens: 5, total_tokens: 10, input_tokens_details: { cached_tokens: 2 } };
const question = {
  model: 'm',
  input: 'Hi',
  tools: [
    { type: 'function' as const, name: 'weather', parameters, strict: true },
    { type: 'custom' as const, name: 'patch' },
  ],
};

const clientOf = answeringServers();

function whole(response: CanonicalResponse): Promise<OpenAI> {
  return clientOf(200, 'application/json', JSON.stringify(openaiResponses.client?.encodeResponse(response, request, testContext())));
}

function streamed(play: (sink: CanonicalSink) => void): Promise<OpenAI> {
  return clientOf(200, 'text/event-stream', sseText(encodeResponses(play, request)));
}

/** Counts up for ever, so that open blocks take turns. */
function* turns(): Generator<number> {
  for (let count = 0; ; count += 1) yield count;
}

describe('the official SDK', () => {
  it('reads a whole answer', async () => {
    const client = await whole(answer);
    const response = await client.responses.create(question);
    expect(response).toMatchObject({ object: 'response', status: 'completed', output: items, output_text: outputText, usage });
  });

  it('parses the arguments of a strict tool', async () => {
    const client = await whole(answer);
    const { output } = await client.responses.parse(question);
    expect(output[2]).toMatchObject({ type: 'function_call', parsed_arguments: { place: 'Boston' } });
  });

  it('reads a stream event by event', async () => {
    const client = await streamed((sink) => playResponse(sink, answer));
    let said = '';
    const done: unknown[] = [];
    let last: OpenAI.Responses.Response | undefined;
    for await (const event of await client.responses.create({ ...question, stream: true })) {
      if (event.type === 'response.output_text.delta') said += event.delta;
      if (event.type === 'response.output_item.done') done.push(event.item);
      if (event.type === 'response.completed') last = event.response;
    }
    expect(said).toBe(outputText);
    expect(done).toMatchObject(items);
    expect(last).toMatchObject({ status: 'completed', output: items, usage });
  });

  it('joins a stream to the same answer, block after block', async () => {
    const client = await streamed((sink) => playResponse(sink, answer));
    expect(await client.responses.stream(question).finalResponse()).toMatchObject({
      status: 'completed',
      output: items,
      output_text: outputText,
      usage,
    });
  });

  it('joins a stream with all blocks open at once', async () => {
    const client = await streamed((sink) => playInterleaved(sink, answer, turns()));
    const { output, output_text: text } = await client.responses.stream(question).finalResponse();
    expect(text).toBe(outputText);
    expect(output).toHaveLength(items.length);
    for (const item of items) expect(output).toContainEqual(expect.objectContaining({ type: item.type }));
    expect(output.find(({ type }) => type === 'function_call')).toMatchObject({ parsed_arguments: { place: 'Boston' } });
  });

  it('joins the events of a stream as they come to what the last one says', async () => {
    const client = await streamed((sink) => playResponse(sink, answer));
    const stream = client.responses.stream(question);
    const snapshots: string[] = [];
    const args: string[] = [];
    stream.on('response.output_text.delta', ({ snapshot }) => snapshots.push(snapshot));
    stream.on('response.function_call_arguments.delta', ({ snapshot }) => args.push(snapshot));
    await stream.done();
    expect(snapshots.at(-1)).toBe('said 他.');
    expect(args.at(-1)).toBe('{"place":"Boston"}');
  });

  it('reads an answer that says nothing', async () => {
    const client = await streamed((sink) => playResponse(sink, canonicalResponse({ blocks: [], stop: 'length' })));
    expect(await client.responses.stream(question).finalResponse()).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [],
      output_text: '',
    });
  });

  it('throws our error out of a broken stream, with its code', async () => {
    const client = await streamed((sink) => {
      sink.start('resp_1', 'm');
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'half');
      sink.fail(verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut'));
    });
    const failure = await failureOf(client.responses.stream(question).finalResponse());
    expect(failure).toBeInstanceOf(APIError);
    expect(failure).toMatchObject({ code: 'upstream_cut', type: 'server_error', message: 'The upstream broke off its answer.' });
  });

  it('throws the error that the kernel writes into a stream', async () => {
    const error = { kind: 'timeout', status: 504, code: 'upstream_timeout', message: 'Too slow.' } as const;
    const started = encodeResponses((sink) => sink.start('resp_1', 'm'));
    const frames = [...started, ...(openaiResponses.client?.encodeStreamError(error, 'req_1') ?? [])];
    const client = await clientOf(200, 'text/event-stream', sseText(frames));
    expect(await failureOf(client.responses.stream(question).finalResponse())).toMatchObject({ code: 'upstream_timeout' });
  });

  it('throws a refused request as its own', async () => {
    const error = { kind: 'invalid-request', status: 400, code: 'state_not_available', message: 'No.', field: 'conversation' } as const;
    const encoded = openaiResponses.client?.encodeError(error, 'req_1');
    const client = await clientOf(encoded?.status ?? 0, 'application/json', JSON.stringify(encoded?.body));
    expect(await failureOf(client.responses.create(question))).toMatchObject({
      status: 400,
      code: 'state_not_available',
      param: 'conversation',
    });
  });

  it('reads the count of a request', async () => {
    const body = openaiInputTokens.client?.encodeResponse({ inputTokens: 7 } as never, request, testContext());
    const client = await clientOf(200, 'application/json', JSON.stringify(body));
    expect(await client.responses.inputTokens.count(question)).toMatchObject({ object: 'response.input_tokens', input_tokens: 7 });
  });
});
