import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GenerativeModel, GoogleGenerativeAI, GoogleGenerativeAIFetchError } from '@google/generative-ai';
import type { CanonicalResponse, CanonicalSink } from '@tollgate/plugin-kit';
import { emptyUsage } from '@tollgate/plugin-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeResponse } from './gemini/encode-response.js';
import { encodeError } from './gemini/errors.js';
import { StreamEncoder } from './gemini/stream-encoder.js';
import { canonicalRequest } from './testing/canonical-request.js';
import { testContext } from './testing/test-context.js';

const answer: CanonicalResponse = {
  id: 'r1',
  model: 'some-model',
  blocks: [
    { type: 'text', text: 'It is "sunny",\nsaid 他.' },
    { type: 'tool-call', id: 'a', name: 'weather', arguments: '{"place":"Boston"}' },
    { type: 'tool-call', id: 'b', name: 'weather', arguments: '{"place":"Bonn"}' },
  ],
  stop: 'tool',
  usage: { ...emptyUsage(), inputText: 3, inputCacheRead: 4, outputText: 5 },
};

/** The answer with all its blocks open at once. */
function play(sink: CanonicalSink): void {
  sink.start(answer.id, answer.model);
  sink.openBlock(0, { type: 'text' });
  sink.openBlock(1, { type: 'tool-call', id: 'a', name: 'weather' });
  sink.textDelta(0, 'It is "sunny",');
  sink.openBlock(2, { type: 'tool-call', id: 'b', name: 'weather' });
  sink.argumentsDelta(2, '{"place":');
  sink.argumentsDelta(1, '{"place":"Boston"}');
  sink.textDelta(0, '\nsaid 他.');
  sink.closeBlock(1);
  sink.argumentsDelta(2, '"Bonn"}');
  sink.closeBlock(2);
  sink.closeBlock(0);
  sink.usage(answer.usage);
  sink.stop('tool');
}

function respond(url: string, response: ServerResponse): void {
  if (url.includes('/models/failing')) {
    const error = { kind: 'insufficient-quota', status: 403, code: 'insufficient_quota', message: 'The balance is empty.' } as const;
    const { status, body } = encodeError(error, 'req_1');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  } else if (url.includes('streamGenerateContent')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    play(new StreamEncoder({ frame: (data) => response.write(`data: ${data}\n\n`) }, testContext()));
    response.end();
  } else {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(encodeResponse(answer, canonicalRequest(), testContext())));
  }
}

describe('official SDK as a client', () => {
  let server: Server;

  beforeAll(async () => {
    server = createServer((request, response) => respond(request.url ?? '', response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => server.close());

  function model(name = 'some-model'): GenerativeModel {
    const { port } = server.address() as AddressInfo;
    return new GoogleGenerativeAI('key').getGenerativeModel({ model: name }, { baseUrl: `http://127.0.0.1:${port}` });
  }

  const calls = [
    { id: 'a', name: 'weather', args: { place: 'Boston' } },
    { id: 'b', name: 'weather', args: { place: 'Bonn' } },
  ];
  const usage = { promptTokenCount: 7, cachedContentTokenCount: 4, candidatesTokenCount: 5, totalTokenCount: 12 };

  it('reads a whole answer', async () => {
    const { response } = await model().generateContent('Hi');
    expect(response.text()).toBe('It is "sunny",\nsaid 他.');
    expect(response.functionCalls()).toEqual(calls);
    expect(response.usageMetadata).toEqual(usage);
  });

  it('reads a stream, and joins it to the same answer', async () => {
    const result = await model().generateContentStream('Hi');
    let said = '';
    const called: object[] = [];
    for await (const chunk of result.stream) {
      said += chunk.text();
      called.push(...(chunk.functionCalls() ?? []));
    }
    expect(said).toBe('It is "sunny",\nsaid 他.');
    expect(new Set(called)).toEqual(new Set(calls));
    const whole = await result.response;
    expect(whole.text()).toBe(said);
    expect(new Set(whole.functionCalls())).toEqual(new Set(calls));
    expect(whole.candidates?.[0]?.finishReason).toBe('STOP');
    expect(whole.usageMetadata).toEqual(usage);
  });

  it('understands an error', async () => {
    const error: unknown = await model('failing')
      .generateContent('Hi')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GoogleGenerativeAIFetchError);
    expect(error).toMatchObject({
      status: 429,
      errorDetails: [{ reason: 'INSUFFICIENT_QUOTA', domain: 'tollgate' }, { requestId: 'req_1' }],
    });
  });
});
