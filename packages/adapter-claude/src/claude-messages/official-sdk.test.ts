import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalRequest, canonicalResponse } from '../testing/canonical.js';
import { encodeFrames, playInterleaved } from '../testing/streams.js';
import { testContext } from '../testing/test-context.js';
import { encodeResponse } from './encode-response.js';
import { encodeErrorBody } from './errors.js';

const answer = canonicalResponse({
  blocks: [
    { type: 'thinking', text: 'Hm', seal: { vendor: 'google', value: 'g' } },
    { type: 'text', text: 'Hello' },
    { type: 'tool-call', id: 'a', name: 'x', arguments: '{"n":1}' },
    { type: 'tool-call', id: 'b', name: 'y', arguments: '{}' },
  ],
  stop: 'tool',
});
const content = [
  { type: 'thinking', thinking: 'Hm', signature: 'tg1.google..g' },
  { type: 'text', text: 'Hello' },
  { type: 'tool_use', id: 'a', name: 'x', input: { n: 1 } },
  { type: 'tool_use', id: 'b', name: 'y', input: {} },
];
const question = { model: 'm', max_tokens: 5, messages: [{ role: 'user' as const, content: 'Hi' }] };

let server: Server | undefined;

afterEach(() => server?.close());

/** A client of the vendor's SDK whose server always answers the same. */
async function clientOf(status: number, contentType: string, body: string): Promise<Anthropic> {
  const started = createServer((_request, response) => response.writeHead(status, { 'content-type': contentType }).end(body));
  server = started;
  await new Promise<void>((resolve) => {
    started.listen(0, '127.0.0.1', resolve);
  });
  return new Anthropic({ apiKey: 'k', baseURL: `http://127.0.0.1:${(started.address() as AddressInfo).port}`, maxRetries: 0 });
}

describe('the official SDK', () => {
  it('reads a whole answer', async () => {
    const body = JSON.stringify(encodeResponse(answer, canonicalRequest(), testContext()));
    const client = await clientOf(200, 'application/json', body);
    expect(await client.messages.create(question)).toMatchObject({ content, stop_reason: 'tool_use' });
  });

  it('reads a streamed answer', async () => {
    const frames = encodeFrames((sink) => playInterleaved(sink, answer));
    const client = await clientOf(200, 'text/event-stream', frames.map(({ data, event }) => `event: ${event}\ndata: ${data}\n\n`).join(''));
    expect(await client.messages.stream(question).finalMessage()).toMatchObject({ content, stop_reason: 'tool_use' });
  });

  it('shows our code as its own', async () => {
    const error = { kind: 'insufficient-quota', status: 402, code: 'insufficient_quota', message: 'No points.' } as const;
    const client = await clientOf(402, 'application/json', JSON.stringify(encodeErrorBody(error, 'req_1')));
    const thrown: unknown = await client.messages.create(question).catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(APIError);
    expect(thrown).toMatchObject({ status: 402, type: 'billing_error', errorCode: 'insufficient_quota', apiMessage: 'No points.' });
  });
});
