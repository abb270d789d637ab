import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, neverResting, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { channelIn } from './plain-vendors.js';
import { pathOf } from './raw-call.js';

const own = 'Speak like a ship.';
const given = 'Be short.';
const question = 'Hello?';
const ways = ['set', 'prepend', 'append', 'when-absent'] as const;
const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
type DialectId = (typeof dialects)[number];

/** A question with the caller's own instructions, or without. */
const bodies: Readonly<Record<DialectId, (model: string, isInstructed: boolean) => object>> = {
  'openai-chat': (model, isInstructed) => ({
    model,
    messages: [...(isInstructed ? [{ role: 'system', content: given }] : []), { role: 'user', content: question }],
  }),
  'openai-responses': (model, isInstructed) => ({ model, input: question, ...(isInstructed ? { instructions: given } : {}) }),
  'claude-messages': (model, isInstructed) => ({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content: question }],
    ...(isInstructed ? { system: [{ type: 'text', text: given }] } : {}),
  }),
  gemini: (_model, isInstructed) => ({
    contents: [{ role: 'user', parts: [{ text: question }] }],
    ...(isInstructed ? { systemInstruction: { parts: [{ text: given }] } } : {}),
  }),
};

/** Where the instructions of a request to an upstream stand, as text. */
const instructionsIn: Readonly<Record<DialectId, (body: Record<string, unknown>) => unknown>> = {
  'openai-chat': ({ messages }) => (messages as { role: string }[]).filter(({ role }) => role !== 'user'),
  'openai-responses': ({ instructions, input }) => [
    instructions,
    ...(Array.isArray(input) ? input : []).filter(({ role }) => role !== 'user'),
  ],
  'claude-messages': ({ system }) => system,
  gemini: ({ systemInstruction }) => systemInstruction,
};

describe('the system prompt of a channel', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels = dialects.flatMap((dialect) =>
      ways.map((how): ChannelEntry => {
        const name = `${dialect}-${how}`;
        // What is asked of the upstream is the test; its answer is not.
        return { ...channelIn(dialect, name, upstream.place(name, refuses(500)), [name]), systemPrompt: { text: own, how } };
      }),
    );
    const models = pricedByTokens(...channels.flatMap((channel) => channel.models));
    gateway = await startGateway({ apply: { models, channels, users: [alice], tokens: [openToken], settings: neverResting } });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
  });

  async function told(client: DialectId, server: DialectId, how: string, isInstructed: boolean, stream: boolean): Promise<string> {
    const model = `${server}-${how}`;
    const body = bodies[client](model, isInstructed);
    await fetch(gateway.url + pathOf({ dialect: client, model, stream }), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${openToken.key}` },
      body: JSON.stringify(client === 'gemini' || !stream ? body : { ...body, stream }),
    });
    const sent = JSON.parse(upstream.requestsTo(model).at(-1)?.body.toString() ?? '{}') as Record<string, unknown>;
    expect(JSON.stringify(sent)).toContain(question);
    return JSON.stringify(instructionsIn[server](sent) ?? '');
  }

  const pairs = dialects.flatMap((client) => dialects.map((server) => ({ client, server })));
  it.each(pairs)('stands beside or in the place of that of a caller: $client to $server', async ({ client, server }) => {
    for (const stream of [false, true]) {
      const order = async (how: string, isInstructed: boolean): Promise<readonly string[]> => {
        const text = await told(client, server, how, isInstructed, stream);
        return [own, given].filter((part) => text.includes(part)).sort((one, other) => text.indexOf(one) - text.indexOf(other));
      };
      expect(await order('set', true)).toEqual([own]);
      expect(await order('prepend', true)).toEqual([own, given]);
      expect(await order('append', true)).toEqual([given, own]);
      expect(await order('when-absent', true)).toEqual([given]);
      for (const how of ways) expect(await order(how, false)).toEqual([own]);
    }
  });
});
