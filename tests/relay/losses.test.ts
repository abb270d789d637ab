import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuses, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { type ApplyDocument, alice, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { type UsageRow, usageRowsOf } from '../support/usage-rows.js';
import { readError } from './error-shapes.js';
import { channelIn, plainAnswerIn } from './plain-vendors.js';
import { questionIn, type RawAnswer, rawCall } from './raw-call.js';

/** An answer with a block that only its own dialect knows. */
const strange = {
  ...plainAnswerIn['claude-messages'],
  content: [
    { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'x', server_name: 's', input: {} },
    { type: 'text', text: 'ok' },
  ],
};

const strangeFrames = [
  { type: 'message_start', message: { ...plainAnswerIn['claude-messages'], content: [], stop_reason: null } },
  { type: 'content_block_start', index: 0, content_block: strange.content[0] },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'ok' } },
  { type: 'content_block_stop', index: 1 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 1 } },
  { type: 'message_stop' },
];

describe.each(['sqlite', 'postgres'] as const)('what a translation loses, on %s,', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let document: ApplyDocument;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const models = ['claude', 'strange', 'chat', 'moves-on'];
    const claude = upstream.place('claude', (_request, response) => sendJson(response, 200, plainAnswerIn['claude-messages']));
    const chat = upstream.place('chat', (_request, response) => sendJson(response, 200, plainAnswerIn['openai-chat']));
    const odd = upstream.place('strange', ({ body }, response) => {
      const { stream } = JSON.parse(body.toString('utf8')) as { stream?: boolean };
      if (stream !== true) return sendJson(response, 200, strange);
      const frames = strangeFrames.map((frame) => `event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames.join(''));
    });
    document = {
      models: pricedByTokens(...models),
      channels: [
        channelIn('claude-messages', 'claude', claude, ['claude']),
        channelIn('claude-messages', 'strange', odd, ['strange']),
        channelIn('openai-chat', 'chat', chat, ['chat']),
        { ...channelIn('claude-messages', 'down', upstream.place('down', refuses(500)), ['moves-on']), priority: 1 },
        channelIn('openai-chat', 'up', chat, ['moves-on']),
      ],
      users: [alice],
      tokens: [openToken, ...['allow', 'header', 'reject'].map((name) => ({ ...openToken, name, key: keyOf(name) }))],
    };
    gateway = await startGateway({ database, apply: document });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  let calls = 0;
  const ask = async (model: string, more: object = {}, stream = false): Promise<{ answer: RawAnswer; row: UsageRow | undefined }> => {
    const body = JSON.stringify({ ...questionIn('openai-chat', model, stream), ...more });
    const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model, stream, body });
    const rows = await usageRowsOf(gateway, openToken.key, (calls += 1));
    return { answer, row: rows.find(({ requestId }) => requestId === answer.headers.get('x-request-id')) };
  };

  const seed = { side: 'request', field: 'seed', how: 'dropped' };
  const block = { side: 'answer', field: 'opaque block', how: 'dropped' };

  it('is in the receipt, once for each field', async () => {
    const messages = [1, 2, 3].map(() => ({
      role: 'user',
      content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
    }));
    const { answer, row } = await ask('claude', { seed: 7, messages: [{ role: 'user', content: 'Hello' }, ...messages] });
    expect(answer.headers.get('x-tollgate-loss')).toBe('media=dropped, seed=dropped');
    expect(row?.losses).toEqual([{ side: 'request', field: 'media', how: 'dropped' }, seed]);
  });

  it('is in the receipt where the answer loses it, streamed or not', async () => {
    const whole = await ask('strange', { seed: 7 });
    expect(whole.row?.losses).toEqual([seed, block]);
    expect(whole.answer.headers.get('x-tollgate-loss')).toBe('seed=dropped, opaque block=dropped');
    const streamed = await ask('strange', { seed: 7 }, true);
    expect(streamed.row?.losses).toEqual([seed, block]);
    expect(streamed.answer.headers.get('x-tollgate-loss')).toBe('seed=dropped');
  });

  it('is nothing where bytes pass or everything is carried', async () => {
    for (const { answer, row } of [await ask('chat', { seed: 7 }), await ask('claude')]) {
      expect([answer.status, answer.headers.get('x-tollgate-loss'), row?.losses]).toEqual([200, null, undefined]);
    }
  });

  it('is nothing where another channel answers that need not translate', async () => {
    const { answer, row } = await ask('moves-on', { seed: 7 });
    expect(upstream.requestsTo('down').length).toBe(1);
    expect([answer.status, answer.headers.get('x-tollgate-loss'), row?.losses]).toEqual([200, null, undefined]);
  });

  it('is bounded, whatever a caller sends', async () => {
    const fields = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}-${'\u{1F600}\0'.repeat(200)}`, 1]));
    const { answer, row } = await ask('claude', fields);
    expect(answer.status).toBe(200);
    expect(row?.losses).toHaveLength(50);
    expect(Math.max(...(row?.losses ?? []).map(({ field }) => field.length))).toBe(100);
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });

  describe.each(['allow', 'reject'] as const)('by the policy %s', (onLoss) => {
    const key = keyOf(onLoss);
    const body = (more: object): string => JSON.stringify({ ...questionIn('openai-chat', 'strange'), ...more });
    const call = (more: object) => rawCall({ url: gateway.url, key, dialect: 'openai-chat', model: 'strange', body: body(more) });
    let policed: TestGateway;

    beforeAll(async () => {
      policed = gateway;
      gateway = await startGateway({ database, apply: { ...document, settings: { relay: { onLoss } } } });
    });

    afterAll(async () => {
      await gateway.stop();
      gateway = policed;
    });

    it('is told or refused, and in the receipt all the same', async () => {
      const before = upstream.requestsTo('strange').length;
      const answer = await call({ seed: 7 });
      const [row] = await usageRowsOf(gateway, key, 1);
      if (onLoss === 'allow') {
        expect([answer.status, answer.headers.get('x-tollgate-loss'), row?.losses]).toEqual([200, null, [seed, block]]);
        return;
      }
      const { code, message } = readError('openai-chat', answer.status, answer.json());
      expect([answer.status, code]).toEqual([400, 'translation_loss']);
      expect(message).toContain('seed=dropped');
      expect([row?.losses, row?.cost]).toEqual([[seed], '0']);
      expect(upstream.requestsTo('strange')).toHaveLength(before);
    });

    it('an answer is never refused: it has been paid for', async () => {
      const answer = await call({});
      const rows = await usageRowsOf(gateway, key, 2);
      expect([answer.status, rows[0]?.losses]).toEqual([200, [block]]);
    });
  });
});
