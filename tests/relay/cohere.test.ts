import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CanonicalResponse, FrameScanner } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, keyOf, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { dialectNamed, repeatableContext } from './dialects.js';
import { plainDialects } from './plain-vendors.js';
import { credentialOf, type RawAnswer, rawCall } from './raw-call.js';

const fixtures = join(repositoryFolder, 'packages/adapter-cohere/__fixtures__/cohere-v2-chat');
const fixture = (name: string): string => readFileSync(join(fixtures, name), 'utf8');
const vectors = { float: [[0.5, -0.25]] };

/** Answers as the vendor documents it: the name of the model says which answer. */
const vendor: Behaviour = ({ path, body, headers }, response) => {
  if (headers.authorization !== `Bearer ${upstreamKey}`) return sendJson(response, 401, { message: 'invalid api token' });
  const { model, stream } = JSON.parse(body.toString('utf8')) as { readonly model: string; readonly stream?: boolean };
  if (path.endsWith('/v2/embed'))
    return sendJson(response, 200, {
      id: 'e',
      embeddings: vectors,
      texts: [],
      meta: { billed_units: { input_tokens: 4, image_tokens: 3 } },
    });
  if (!path.endsWith('/v2/chat')) return sendJson(response, 404, { message: `There is no ${path}.` });
  const isStream = stream === true;
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  response.end(fixture(`${model}.${isStream ? 'stream.txt' : 'json'}`));
};

/** The answer as a client of the dialect hears it. */
function heard(client: string, { body }: RawAnswer, stream: boolean): CanonicalResponse {
  const { upstream } = dialectNamed(client);
  if (!stream) return upstream.decodeResponse(JSON.parse(body.toString('utf8')), repeatableContext());
  const sink = checkedSink();
  const decoder = upstream.streamDecoder(sink, repeatableContext());
  const scanner = new FrameScanner('sse', (data, event) => decoder.frame(data, event));
  scanner.push(body);
  scanner.end();
  decoder.end('done');
  return sink.response();
}

const ways = plainDialects.flatMap((client) => [false, true].map((stream) => ({ client, stream })));

describe('Cohere in its own language', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const baseUrl = upstream.place('cohere', vendor).replace(/\/v1$/, '');
    const models = ['plan-then-tools', 'cited', 'embed'];
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      apply: {
        models: pricedByTokens(...models),
        channels: [
          {
            name: 'cohere',
            provider: 'cohere',
            config: { baseUrl, apiKey: upstreamKey, dialects: ['cohere-v2-chat', 'cohere-v2-embed'] },
            models,
          },
        ],
        users: [alice],
        tokens: [openToken, { name: 'counted', user: 'alice', key: keyOf('counted'), unlimited: true }],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function ask(client: string, model: string, stream: boolean): Promise<CanonicalResponse> {
    const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: client, model, stream });
    expect(answer.status).toBe(200);
    return heard(client, answer, stream);
  }

  it.each(ways)('tells $client what it thought, planned and calls (streamed: $stream)', async ({ client, stream }) => {
    const { blocks, stop, usage } = await ask(client, 'plan-then-tools', stream);
    expect(blocks).toMatchObject([
      { type: 'thinking', text: 'They want two things.' },
      { type: 'text', text: 'I will look up the weather and the time.' },
      { type: 'tool-call', name: 'get_weather', arguments: '{"city":"Bern"}' },
      { type: 'tool-call', name: 'get_time', arguments: '{}' },
    ]);
    expect(stop).toBe('tool');
    expect(usage).toMatchObject({ inputText: 40, outputText: 30 });
  });

  it.each(ways)('tells $client what it cites (streamed: $stream)', async ({ client, stream }) => {
    const { blocks } = await ask(client, 'cited', stream);
    expect(blocks).toMatchObject([{ type: 'text', text: "It's sunny." }]);
    expect(JSON.stringify(blocks)).toContain('https://weather.example/bern');
  });

  const embed = async (path: string, dialect: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', ...credentialOf(dialect, keyOf('counted')) };
    const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return response.json();
  };
  const lastBody = (): unknown => JSON.parse(upstream.requestsTo('cohere').at(-1)?.body.toString('utf8') ?? 'null') as unknown;

  it('embeds for clients of others', async () => {
    const content = { parts: [{ text: 'one' }] };
    const asked = { content, taskType: 'RETRIEVAL_QUERY', outputDimensionality: 256 };
    const answer = await embed('/v1beta/models/embed:embedContent', 'gemini', asked);
    expect(answer).toMatchObject({ embedding: { values: [0.5, -0.25] } });
    const sent = { model: 'embed', texts: ['one'], embedding_types: ['float'] };
    expect(lastBody()).toEqual({ ...sent, input_type: 'search_query', output_dimension: 256 });
    await embed('/v1beta/models/embed:embedContent', 'gemini', { content });
    expect(lastBody()).toEqual({ ...sent, input_type: 'search_document' });
  });

  it('embeds pictures for clients of its own, and bills both kinds of tokens', async () => {
    const body = { model: 'embed', images: ['data:image/png;base64,AAAA'], input_type: 'image', embedding_types: ['float', 'int8'] };
    await embed('/v2/embed', 'openai-chat', body);
    expect(lastBody()).toEqual(body);
    const [row] = await usageRowsOf(gateway, keyOf('counted'), 3);
    expect(row).toMatchObject({ usage: { input: 7, output: 0 }, estimated: false });
  });

  it('with clean books', async () => {
    await gateway.expectCleanLedger();
  });
});
