import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureChannels, fixtureModels, modelNameOf } from '../replay/fixture-channels.js';
import { allFixtures, announceMissingRecordings, chatDialects } from '../replay/fixtures.js';
import { type ReplayUpstream, startReplayUpstream } from '../replay/replay-upstream.js';
import { type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { wireResponseOf } from '../replay/wire.js';
import { alice, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { millipointsOf } from '../support/points.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { bodiesTo, channelIn, plainAnswerIn, plainDialects } from './plain-vendors.js';
import { questionIn, rawCall } from './raw-call.js';

const location = { city: 'Bern', country: 'CH', timezone: 'Europe/Zurich' };
const approximate = { type: 'approximate', ...location };

/** The model that chat's own vendor lets search; the others search with any. */
const searcher = 'gpt-4o-search-preview';

/** A name of which the adapter's list knows what a search costs. */
const listedModel = 'gemini-3-tells';

/** How each dialect asks for a search, for code to be run, for a page to be fetched. */
const asks: Readonly<Record<string, { readonly search: object; readonly code?: object; readonly fetch?: object }>> = {
  'openai-chat': { search: { web_search_options: { user_location: { type: 'approximate', approximate: location } } } },
  'openai-responses': {
    search: { tools: [{ type: 'web_search', user_location: approximate }] },
    code: { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] },
  },
  'claude-messages': {
    search: { tools: [{ type: 'web_search_20250305', name: 'web_search', user_location: approximate }] },
    code: { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] },
    fetch: { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] },
  },
  gemini: { search: { tools: [{ googleSearch: {} }] }, code: { tools: [{ codeExecution: {} }] }, fetch: { tools: [{ urlContext: {} }] } },
};

const pairs = plainDialects.flatMap((from) => plainDialects.filter((to) => to !== from).map((to) => ({ from, to })));

/** The fields of a body that ask for server tools. */
function asked(body: Readonly<Record<string, unknown>> | undefined): object {
  const { tools, web_search_options: options } = body ?? {};
  return { ...(tools === undefined ? {} : { tools }), ...(options === undefined ? {} : { web_search_options: options }) };
}

describe('a tool that runs at the vendor', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels = plainDialects.flatMap((dialect) => {
      const place = upstream.place(dialect, (_request, response) => sendJson(response, 200, plainAnswerIn[dialect]));
      const telling = upstream.place(`tells-${dialect}`, (_request, response) => sendJson(response, 200, tellingAnswerIn[dialect] ?? {}));
      return [
        { ...channelIn(dialect, dialect, place, [`at-${dialect}`]), modelMapping: { [`at-${dialect}`]: searcher } },
        channelIn(dialect, `tells-${dialect}`, telling, [`tells-${dialect}`, ...(dialect === 'gemini' ? [listedModel] : [])]),
      ];
    });
    const models = pricedByTokens(listedModel, ...plainDialects.flatMap((dialect) => [`at-${dialect}`, `tells-${dialect}`]));
    gateway = await startGateway({
      apply: { models, channels, users: [alice], tokens: [openToken, { ...openToken, name: 'counting', key: keyOf('counting') }] },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (dialect: string, model: string, more: object = {}) =>
    rawCall({ url: gateway.url, key: openToken.key, dialect, model, body: JSON.stringify({ ...questionIn(dialect, model), ...more }) });

  it.each(pairs)('searches at $to for a client of $from', async ({ from, to }) => {
    const answer = await ask(from, `at-${to}`, asks[from]?.search);
    expect(answer.status, answer.body.toString()).toBe(200);
    const knowsPlace = from !== 'gemini' && to !== 'gemini';
    const { search } = asks[to] ?? {};
    const bare = JSON.parse(JSON.stringify(search).replace(/,?"user_location":\{[^{}]*(?:\{[^{}]*\})?\}/, '')) as object;
    expect(asked(bodiesTo(upstream, to).at(-1))).toEqual(knowsPlace || to === 'gemini' ? search : bare);
    const isLost = from !== 'gemini' && to === 'gemini';
    expect(answer.headers.get('x-tollgate-loss')).toEqual(isLost ? expect.stringContaining('userLocation=dropped') : null);
  });

  it.each(pairs.filter(({ from }) => from !== 'openai-chat'))(
    'runs code at $to for a client of $from, or says that it does not',
    async ({ from, to }) => {
      const answer = await ask(from, `at-${to}`, asks[from]?.code);
      expect(answer.status, answer.body.toString()).toBe(200);
      expect(asked(bodiesTo(upstream, to).at(-1))).toEqual(asks[to]?.code ?? {});
      expect(answer.headers.get('x-tollgate-loss') === null).toBe(asks[to]?.code !== undefined);
    },
  );

  it.each(pairs.filter(({ from }) => asks[from]?.fetch !== undefined))(
    'fetches pages at $to for a client of $from, or says that it does not',
    async ({ from, to }) => {
      const answer = await ask(from, `at-${to}`, asks[from]?.fetch);
      expect(asked(bodiesTo(upstream, to).at(-1))).toEqual(asks[to]?.fetch ?? {});
      expect(answer.headers.get('x-tollgate-loss') === null).toBe(asks[to]?.fetch !== undefined);
    },
  );

  it('keeps to the domains that both vendors know', async () => {
    const filters = { allowed_domains: ['a.example'] };
    await ask('openai-responses', 'at-claude-messages', { tools: [{ type: 'web_search_2025_08_26', filters }] });
    expect(asked(bodiesTo(upstream, 'claude-messages').at(-1))).toEqual({
      tools: [{ type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.example'] }],
    });
    const search = { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.example'], max_uses: 3 };
    const answer = await ask('claude-messages', 'at-openai-responses', { tools: [search] });
    expect(asked(bodiesTo(upstream, 'openai-responses').at(-1))).toEqual({ tools: [{ type: 'web_search', filters }] });
    expect(answer.headers.get('x-tollgate-loss')).toContain('usesMax=dropped');
  });

  it('can be the one that has to be used', async () => {
    const { search } = asks['claude-messages'] ?? {};
    await ask('claude-messages', 'at-openai-responses', { ...search, tool_choice: { type: 'tool', name: 'web_search' } });
    const choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'web_search' }] };
    expect(bodiesTo(upstream, 'openai-responses').at(-1)?.['tool_choice']).toEqual(choice);
    const tools = [{ type: 'web_search_preview' }];
    await ask('openai-responses', 'at-claude-messages', { tools, tool_choice: { type: 'web_search_preview' } });
    expect(bodiesTo(upstream, 'claude-messages').at(-1)?.['tool_choice']).toEqual({ type: 'tool', name: 'web_search' });
  });

  it('gives way to functions where the vendor refuses both together', async () => {
    const weather = { name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } };
    const answer = await ask('claude-messages', 'at-gemini', { tools: [weather, { type: 'web_search_20250305', name: 'web_search' }] });
    expect(JSON.stringify(bodiesTo(upstream, 'gemini').at(-1)?.['tools'])).not.toContain('googleSearch');
    expect(answer.headers.get('x-tollgate-loss')).toBe('tools.web_search=dropped');
  });

  describe('tells what it did', () => {
    it('to clients of Responses: searches, code and pages', async () => {
      const output = async (model: string) => ((await ask('openai-responses', model)).json() as { output: object[] }).output;
      expect(await output('tells-claude-messages')).toMatchObject([
        { type: 'web_search_call', status: 'completed', action: { query: 'bern', sources: [{ type: 'url', url: 'https://a.example' }] } },
        { type: 'web_search_call', action: { type: 'open_page', url: 'https://b.example' } },
        { type: 'code_interpreter_call', code: 'ls', outputs: [{ type: 'logs', logs: 'files' }] },
        { type: 'message', content: [{ annotations: [{ type: 'url_citation', url: 'https://a.example', title: 'A' }] }] },
      ]);
      expect(await output('tells-gemini')).toMatchObject([
        { type: 'code_interpreter_call', code: 'print(1)', outputs: [{ type: 'logs', logs: '1' }] },
        { type: 'message', content: [{ annotations: [{ type: 'url_citation', url: 'https://a.example', title: 'A' }] }] },
        { type: 'web_search_call', action: { query: 'bern' } },
      ]);
    });

    it('to clients of Claude, with the call before its result', async () => {
      const content = async (model: string) =>
        ((await ask('claude-messages', model)).json() as { content: Record<string, unknown>[] }).content;
      const told = await content('tells-openai-responses');
      expect(told).toMatchObject([
        { type: 'server_tool_use', name: 'web_search', input: { query: 'bern' } },
        { type: 'web_search_tool_result', content: [{ type: 'web_search_result', url: 'https://a.example' }] },
        { type: 'server_tool_use', name: 'code_execution', input: { code: 'print(1)' } },
        { type: 'code_execution_tool_result', content: { stdout: '1', return_code: 0 } },
        { type: 'text', citations: [{ type: 'web_search_result_location', url: 'https://a.example', title: 'A' }] },
      ]);
      expect([told[1]?.['tool_use_id'], told[3]?.['tool_use_id']]).toEqual([told[0]?.['id'], told[2]?.['id']]);
    });

    it('to clients of Gemini: code as parts, searches as grounding', async () => {
      const candidate = async (model: string) => ((await ask('gemini', model)).json() as { candidates: object[] }).candidates[0];
      for (const model of ['tells-claude-messages', 'tells-openai-responses']) {
        expect(await candidate(model)).toMatchObject({
          content: { parts: [{ executableCode: {} }, { codeExecutionResult: { outcome: 'OUTCOME_OK' } }, { text: 'Sunny.' }] },
          groundingMetadata: { webSearchQueries: ['bern'], groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }] },
        });
      }
    });

    it('to clients of chat as citations', async () => {
      for (const model of ['tells-claude-messages', 'tells-openai-responses', 'tells-gemini']) {
        expect((await ask('openai-chat', model)).json()).toMatchObject({
          choices: [{ message: { content: 'Sunny.', annotations: [{ url_citation: { url: 'https://a.example', title: 'A' } }] } }],
        });
      }
    });

    it('and the vendor never gets back what another one did', async () => {
      const { content } = (await ask('claude-messages', 'tells-openai-responses')).json() as { content: unknown };
      const history = [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content },
        { role: 'user', content: 'And now?' },
      ];
      const again = await ask('claude-messages', 'at-claude-messages', { messages: history });
      expect(again.status).toBe(200);
      expect(bodiesTo(upstream, 'claude-messages').at(-1)?.['messages']).toEqual([
        history[0],
        { role: 'assistant', content: [{ type: 'text', text: 'Sunny.' }] },
        history[2],
      ]);
      const { output } = (await ask('openai-responses', 'tells-claude-messages')).json() as { output: Record<string, unknown>[] };
      const input = [{ role: 'user', content: 'Weather?' }, ...output, { role: 'user', content: 'And now?' }];
      await ask('openai-responses', 'at-openai-responses', { input });
      expect(bodiesTo(upstream, 'openai-responses').at(-1)?.['input']).toEqual([input[0], output.at(-1), input.at(-1)]);
      const elsewhere = await ask('openai-responses', 'at-gemini', { input });
      expect([elsewhere.status, elsewhere.headers.get('x-tollgate-loss')]).toEqual([200, null]);
    });
  });

  it('is counted where the vendor counts it', async () => {
    const key = keyOf('counting');
    for (const dialect of ['claude-messages', 'openai-chat'])
      await rawCall({ url: gateway.url, key, dialect, model: 'tells-claude-messages' });
    const rows = await usageRowsOf(gateway, key, 2);
    expect(rows.map(({ webSearches, webFetches }) => [webSearches, webFetches])).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('costs what the list of its vendor says, where the settings do not name its model', async () => {
    const costOf = async (model: string) => millipointsOf((await ask('gemini', model)).headers.get('x-tollgate-cost') ?? '');
    // 14 dollars for a thousand searches there, 10 by the settings.
    expect((await costOf(listedModel)) - (await costOf('tells-gemini'))).toBe(millipointsOf('2000'));
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});

/** What a vendor's answer tells of its tools, counted by the vendors' documents in whatever dialect it is. */
interface Told {
  readonly searches: number;
  readonly codeRuns: number;
}

type Json = Readonly<Record<string, unknown>>;

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const member = (value: unknown, name: string): unknown => (value as Json | undefined)?.[name];

/** The JSON of each frame, or the one body. */
function messagesOf(body: Buffer): readonly Json[] {
  const text = body.toString('utf8');
  if (!/^(?:data|event|:)/m.test(text)) return [JSON.parse(text) as Json];
  const data = [...text.matchAll(/^data: ?(\{.*)$/gm)].map(([, json]) => json ?? '');
  return data.map((json) => JSON.parse(json) as Json);
}

function toldIn(dialect: string, body: Buffer): Told {
  const messages = messagesOf(body);
  const count = (items: readonly Json[], holds: (item: Json) => boolean): number => items.filter(holds).length;
  switch (dialect) {
    case 'claude-messages': {
      const blocks = messages.flatMap((message) =>
        message['content_block'] === undefined ? list(message['content']) : [message['content_block'] as Json],
      );
      const runs = ['bash_code_execution_tool_result', 'code_execution_tool_result'];
      return {
        searches: count(blocks, ({ type }) => type === 'web_search_tool_result'),
        codeRuns: count(blocks, ({ type }) => runs.includes(String(type))),
      };
    }
    case 'openai-responses': {
      const items = messages.flatMap((message) =>
        message['type'] === 'response.completed' ? list(member(message['response'], 'output')) : list(message['output']),
      );
      return {
        searches: count(items, ({ type, action }) => type === 'web_search_call' && member(action, 'type') === 'search'),
        codeRuns: count(items, ({ type }) => type === 'code_interpreter_call'),
      };
    }
    default: {
      const candidates = messages.flatMap(({ candidates: all }) => list(all));
      const parts = candidates.flatMap(({ content }) => list(member(content, 'parts')));
      const queries = candidates.flatMap(({ groundingMetadata }) => list(member(groundingMetadata, 'webSearchQueries')));
      return { searches: queries.length, codeRuns: count(parts, ({ codeExecutionResult }) => codeExecutionResult !== undefined) };
    }
  }
}

const recorded = allFixtures.filter(
  ({ tags, status, dialect }) => status === 200 && tags.includes('server-tool') && chatDialects.has(dialect),
);

describe('a recorded answer of a tool that runs at the vendor', () => {
  announceMissingRecordings('server-tools');
  let replay: ReplayUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    replay = await startReplayUpstream();
    const models = fixtureModels(recorded);
    gateway = await startGateway({ apply: { models, channels: fixtureChannels(replay, recorded), users: [alice], tokens: [openToken] } });
  });

  afterAll(async () => {
    await gateway?.stop();
    await replay?.close();
  });

  it.each(['openai-responses', 'claude-messages', 'gemini'])(
    'tells clients of %s of every search and every run of code',
    async (client) => {
      const foreign = recorded.filter(({ dialect }) => dialect !== client);
      const told = await Promise.all(
        foreign.map(async (fixture) => {
          const model = modelNameOf(fixture);
          const { body } = await rawCall({ url: gateway.url, key: openToken.key, dialect: client, model, stream: fixture.stream });
          return [fixture.file, atMostOneSearch(toldIn(client, body), client, fixture.dialect)] as const;
        }),
      );
      const vendors = foreign.map(
        (fixture) =>
          [fixture.file, atMostOneSearch(toldIn(fixture.dialect, wireResponseOf(fixture).body), client, fixture.dialect)] as const,
      );
      expect(told).toEqual(vendors);
    },
  );
});

/** Gemini tells what was searched for, in how many searches ever. */
function atMostOneSearch({ searches, codeRuns }: Told, ...dialects: readonly string[]): Told {
  return { searches: dialects.includes('gemini') ? Math.min(searches, 1) : searches, codeRuns };
}

const tellingAnswerIn: Readonly<Record<string, object>> = {
  'openai-chat': plainAnswerIn['openai-chat'] ?? {},
  'openai-responses': {
    ...plainAnswerIn['openai-responses'],
    output: [
      {
        id: 'ws_1',
        type: 'web_search_call',
        status: 'completed',
        action: { type: 'search', query: 'bern', sources: [{ type: 'url', url: 'https://a.example' }] },
      },
      {
        id: 'ci_1',
        type: 'code_interpreter_call',
        status: 'completed',
        code: 'print(1)',
        container_id: 'cntr_1',
        outputs: [{ type: 'logs', logs: '1' }],
      },
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [
          {
            type: 'output_text',
            text: 'Sunny.',
            annotations: [{ type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 6 }],
          },
        ],
      },
    ],
  },
  'claude-messages': {
    ...plainAnswerIn['claude-messages'],
    content: [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'bern' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 'srvtoolu_1',
        content: [{ type: 'web_search_result', url: 'https://a.example', title: 'A', encrypted_content: 'sealed', page_age: null }],
      },
      { type: 'server_tool_use', id: 'srvtoolu_2', name: 'web_fetch', input: { url: 'https://b.example' } },
      { type: 'web_fetch_tool_result', tool_use_id: 'srvtoolu_2', content: { type: 'web_fetch_result', url: 'https://b.example' } },
      { type: 'server_tool_use', id: 'srvtoolu_3', name: 'bash_code_execution', input: { command: 'ls' } },
      {
        type: 'bash_code_execution_tool_result',
        tool_use_id: 'srvtoolu_3',
        content: { type: 'bash_code_execution_result', stdout: 'files', stderr: '', return_code: 0, content: [] },
      },
      {
        type: 'text',
        text: 'Sunny.',
        citations: [
          { type: 'web_search_result_location', url: 'https://a.example', title: 'A', cited_text: 'sun', encrypted_index: 'sealed' },
        ],
      },
    ],
    usage: { input_tokens: 5, output_tokens: 1, server_tool_use: { web_search_requests: 1, web_fetch_requests: 2 } },
  },
  gemini: {
    ...plainAnswerIn['gemini'],
    candidates: [
      {
        content: {
          role: 'model',
          parts: [
            { executableCode: { language: 'PYTHON', code: 'print(1)' } },
            { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
            { text: 'Sunny.' },
          ],
        },
        finishReason: 'STOP',
        index: 0,
        groundingMetadata: {
          webSearchQueries: ['bern'],
          groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
          groundingSupports: [{ segment: { text: 'Sunny.' }, groundingChunkIndices: [0] }],
        },
      },
    ],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
  },
};
