import {
  type CanonicalRequest,
  type CanonicalResponse,
  type CodecContext,
  emptyUsage,
  FrameScanner,
  isPlugin,
  jsonSchemaOf,
  type Loss,
  type ProviderCall,
  secretFields,
  type UpstreamFailure,
} from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoChat, demoProvider } from './demo-provider.js';
import { type DemoVendor, startDemoVendor } from './demo-vendor.js';
import demo from './index.js';

let vendor: DemoVendor;

beforeAll(async () => {
  vendor = await startDemoVendor();
});
afterAll(async () => vendor.close());

const losses: Loss[] = [];
const context: CodecContext = {
  lose: (loss) => losses.push(loss),
  newId: (prefix) => `${prefix}1`,
  now: () => 0,
  model: { id: 'demo-chat' },
};

function requestFor(text: string, more: Partial<CanonicalRequest> = {}): CanonicalRequest {
  return { model: 'demo-chat', stream: true, turns: [{ role: 'user', blocks: [{ type: 'text', text }] }], ...more };
}

/** Does what the gateway does: describe, send, cut into frames, decode. */
async function answerTo(request: CanonicalRequest, apiKey = 'demo-key'): Promise<CanonicalResponse> {
  const provider = demoProvider(vendor.url);
  const call: ProviderCall<{ apiKey: string; pauseMs: number }> = {
    config: provider.config.parse({ apiKey }),
    model: request.model,
    stream: request.stream,
    framing: 'sse',
    dialect: demoChat,
    clientHeaders: {},
  };
  const body = demoChat.upstream.encodeRequest(request, context);
  demoChat.edits?.request?.(body, context);
  const response = await fetch(provider.speaks[0]?.url(call) ?? '', {
    method: 'POST',
    headers: provider.headers(call),
    body: JSON.stringify(body),
  });
  const sink = checkedSink();
  const decoder = demoChat.upstream.streamDecoder(sink, context, demoChat.edits?.frame);
  const scanner = new FrameScanner(demoChat.framing, (data, event) => decoder.frame(data, event));
  scanner.push(Buffer.from(await response.arrayBuffer()));
  scanner.end();
  decoder.end('done');
  return sink.response();
}

describe('demo provider', () => {
  it('is a plugin whose key is a secret', () => {
    expect(isPlugin(demo)).toBe(true);
    const { config } = demoProvider(vendor.url);
    expect(secretFields(config)).toEqual(['apiKey']);
    expect(jsonSchemaOf(config)).toMatchObject({ properties: { pauseMs: { title: 'Pause between words (ms)' } } });
  });

  it('translates thoughts and counts them once', async () => {
    const answer = await answerTo(requestFor('Hello there', { thinking: { mode: 'on', effort: 'low' } }));
    expect(answer.blocks.map((block) => block.type)).toEqual(['thinking', 'text']);
    expect(answer.stop).toBe('end');
    expect(answer.usage).toEqual({ ...emptyUsage(), inputText: 2, outputText: 14, outputReasoning: 17 });
  });

  it('translates tool calls', async () => {
    const answer = await answerTo(
      requestFor('Weather?', { tools: [{ name: 'weather', parameters: { properties: { city: { type: 'string' } } } }] }),
    );
    expect(answer.blocks).toEqual([
      { type: 'tool-call', id: expect.stringMatching(/^call_/) as string, name: 'weather', arguments: '{"city":"demo"}' },
    ]);
    expect(answer.stop).toBe('tool');
  });

  it('says aloud what it cannot carry', () => {
    const body = { model: 'demo-chat', logit_bias: { 50256: -100 } };
    demoChat.edits?.request?.(body, context);
    expect(body).toEqual({ model: 'demo-chat' });
    expect(losses).toContainEqual({ field: 'logit_bias', how: 'dropped', why: 'The demo vendor has no logit bias.' });
  });

  it('knows a wrong key from a wrong request', async () => {
    const provider = demoProvider(vendor.url);
    const response = await fetch(`${vendor.url}/chat`, { method: 'POST', headers: { 'x-demo-key': 'wrong' }, body: '{}' });
    const text = await response.text();
    const failure: UpstreamFailure = { status: response.status, headers: new Map(), text, json: () => JSON.parse(text) as unknown };
    expect(provider.classify?.(failure)).toMatchObject({ kind: 'authentication', scope: 'key', retry: 'other' });
    expect(provider.classify?.({ ...failure, json: () => undefined })).toEqual({});
  });

  it('reads the list of models', async () => {
    const { models, config } = demoProvider(vendor.url);
    const request = models?.request(config.parse({}));
    const response = await fetch(request?.url ?? '', { headers: request?.headers ?? {} });
    expect(models?.read(await response.json())).toEqual([{ id: 'demo-chat', contextTokensMax: 8_192 }]);
  });
});
