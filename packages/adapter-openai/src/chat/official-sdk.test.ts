import { type CanonicalResponse, type CanonicalSink, emptyUsage, type PublicError, verdictForKind } from '@tollgate/plugin-kit';
import type OpenAI from 'openai';
import { APIError, AuthenticationError, RateLimitError } from 'openai';
import { describe, expect, it } from 'vitest';
import { answeringServers, failureOf, sseText } from '../testing/answering-server.js';
import { canonicalRequest, canonicalResponse } from '../testing/canonical.js';
import { chunksOf, encodeChat } from '../testing/chat-streams.js';
import { playInterleaved, playResponse } from '../testing/play-response.js';
import { testContext } from '../testing/test-context.js';
import { openaiChat } from './dialect.js';

const usage = { ...emptyUsage(), inputText: 3, inputCacheRead: 2, outputText: 4, outputReasoning: 1 };
const answer = canonicalResponse({
  blocks: [
    { type: 'text', text: 'It is "sunny",\nsaid 他.' },
    { type: 'tool-call', id: 'a', name: 'weather', arguments: '{"place":"Boston"}' },
    { type: 'tool-call', id: 'b', name: 'weather', arguments: '{}' },
  ],
  stop: 'tool',
  usage,
});
const message = {
  role: 'assistant',
  content: 'It is "sunny",\nsaid 他.',
  refusal: null,
  tool_calls: [
    { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"place":"Boston"}' } },
    { id: 'b', type: 'function', function: { name: 'weather', arguments: '{}' } },
  ],
};
const statedUsage = { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 };
const question = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }], stream_options: { include_usage: true } };
const unary = { model: 'm', messages: question.messages };

const clientOf = answeringServers();

function whole(response: CanonicalResponse): Promise<OpenAI> {
  return clientOf(200, 'application/json', JSON.stringify(openaiChat.client?.encodeResponse(response, canonicalRequest(), testContext())));
}

function streamed(play: (sink: CanonicalSink) => void): Promise<OpenAI> {
  const frames = encodeChat(play, canonicalRequest({ stream: true, usageInStream: true }));
  return clientOf(200, 'text/event-stream', sseText(frames));
}

/** Counts up for ever, so that open blocks take turns. */
function* turns(): Generator<number> {
  for (let count = 0; ; count += 1) yield count;
}

describe('the official SDK', () => {
  it('reads a whole answer', async () => {
    const client = await whole(answer);
    expect(await client.chat.completions.create(unary)).toMatchObject({
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
      usage: statedUsage,
    });
  });

  it('reads a stream chunk by chunk', async () => {
    const client = await streamed((sink) => playResponse(sink, answer));
    let said = '';
    let counted: object | null | undefined;
    for await (const chunk of await client.chat.completions.create({ ...question, stream: true })) {
      said += chunk.choices[0]?.delta.content ?? '';
      counted = chunk.usage;
    }
    expect(said).toBe(message.content);
    expect(counted).toMatchObject(statedUsage);
  });

  it.each<[string, (sink: CanonicalSink) => void]>([
    ['block after block', (sink) => playResponse(sink, answer)],
    ['with all blocks open at once', (sink) => playInterleaved(sink, answer, turns())],
  ])('joins a stream to the same answer, %s', async (_name, play) => {
    const client = await streamed(play);
    const completion = await client.chat.completions.stream(question).finalChatCompletion();
    expect(completion).toMatchObject({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage: statedUsage });
  });

  it('hands the calls of a stream to a program as they are done', async () => {
    const client = await streamed((sink) => playResponse(sink, answer));
    const done: unknown[] = [];
    const stream = client.chat.completions.stream(question);
    stream.on('tool_calls.function.arguments.done', (call) => done.push(call.arguments));
    await stream.done();
    expect(done).toEqual(['{"place":"Boston"}', '{}']);
  });

  it('keeps all sources of a stream whose text comes in several blocks', async () => {
    const cited = canonicalResponse({
      blocks: [
        { type: 'text', text: 'a', citations: [{ url: 'https://example.org' }] },
        { type: 'text', text: 'b', citations: [{ url: 'https://example.com' }, { url: 'https://example.net' }] },
      ],
    });
    const client = await streamed((sink) => playResponse(sink, cited));
    const { annotations, content } = await client.chat.completions.stream(question).finalMessage();
    expect(content).toBe('ab');
    expect(annotations?.map(({ url_citation: { url } }) => url)).toEqual([
      'https://example.org',
      'https://example.com',
      'https://example.net',
    ]);
  });

  it('reads an answer that says nothing', async () => {
    const silent = canonicalResponse({ blocks: [], stop: 'length', usage });
    const client = await streamed((sink) => playResponse(sink, silent));
    expect(await client.chat.completions.stream(question).finalChatCompletion()).toMatchObject({
      choices: [{ message: { role: 'assistant', content: null }, finish_reason: 'length' }],
    });
  });

  it('throws our error out of a broken stream, with its code', async () => {
    const client = await streamed((sink) => {
      sink.start('chatcmpl-1', 'm');
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'half');
      sink.fail(verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut'));
    });
    const failure = await failureOf(client.chat.completions.stream(question).finalChatCompletion());
    expect(failure).toBeInstanceOf(APIError);
    expect(failure).toMatchObject({ code: 'upstream_cut', type: 'server_error', message: 'The upstream broke off its answer.' });
  });

  it('throws the error that the kernel writes into a stream', async () => {
    const error = { kind: 'timeout', status: 504, code: 'upstream_timeout', message: 'Too slow.' } as const;
    const started = chunksOf(encodeChat((sink) => sink.start('chatcmpl-1', 'm'))).map((chunk) => ({ data: JSON.stringify(chunk) }));
    const frames = [...started, ...(openaiChat.client?.encodeStreamError(error, 'req_1') ?? [])];
    const client = await clientOf(200, 'text/event-stream', sseText(frames));
    expect(await failureOf(client.chat.completions.stream(question).finalChatCompletion())).toMatchObject({ code: 'upstream_timeout' });
  });

  it.each<[PublicError, unknown, object]>([
    [
      { kind: 'invalid-request', status: 400, code: 'invalid_request', message: 'n must be 1.', field: 'n' },
      APIError,
      { status: 400, type: 'invalid_request_error', param: 'n', code: 'invalid_request' },
    ],
    [
      { kind: 'authentication', status: 401, code: 'invalid_api_key', message: 'No such key.' },
      AuthenticationError,
      { status: 401, type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
    ],
    [
      { kind: 'insufficient-quota', status: 429, code: 'insufficient_quota', message: 'No points.' },
      RateLimitError,
      { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' },
    ],
    [
      { kind: 'overloaded', status: 503, code: 'no_channel', message: 'Busy.' },
      APIError,
      { status: 503, type: 'server_error', code: 'no_channel' },
    ],
  ])('throws %j as its own', async (error, type, shown) => {
    const encoded = openaiChat.client?.encodeError(error, 'req_1');
    const client = await clientOf(encoded?.status ?? 0, 'application/json', JSON.stringify(encoded?.body));
    const failure = await failureOf(client.chat.completions.create(unary));
    expect(failure).toBeInstanceOf(type);
    expect(failure).toMatchObject({ ...shown, message: `${error.status} ${error.message}` });
  });

  it('reads the list of models, and one of them', async () => {
    const model = { id: 'm', createdAt: 1_764_000_000_999, owner: 'acme' };
    const shown = { id: 'm', object: 'model', created: 1_764_000_000, owned_by: 'acme' };
    const listing = openaiChat.client?.models;
    const listed: unknown[] = [];
    for await (const one of (await clientOf(200, 'application/json', JSON.stringify(listing?.encodeList([model, model])))).models.list()) {
      listed.push(one);
    }
    expect(listed).toEqual([shown, shown]);
    const client = await clientOf(200, 'application/json', JSON.stringify(listing?.encodeOne(model)));
    expect(await client.models.retrieve('m')).toMatchObject(shown);
  });
});
