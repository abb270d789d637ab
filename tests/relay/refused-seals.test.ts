import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { chatSpeaker } from './conversations/chat-speaker.js';
import { claudeSpeaker } from './conversations/claude-speaker.js';
import { geminiSpeaker } from './conversations/gemini-speaker.js';
import { responsesSpeaker } from './conversations/responses-speaker.js';
import { loopTurns, type SealedVendor, sealedVendors } from './conversations/sealed-vendors.js';
import type { Place, Speaker } from './conversations/speaker.js';
import { bodiesTo, channelIn } from './plain-vendors.js';
import { rawCall } from './raw-call.js';

/** How each vendor words it, as it is seen in the wild. */
const refusalIn: Readonly<Record<string, object>> = {
  'claude-messages': {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'messages.1.content.0: Invalid `signature` in `thinking` block' },
  },
  gemini: { error: { code: 400, message: 'Thought signature is not valid.', status: 'INVALID_ARGUMENT' } },
  'openai-responses': {
    error: {
      message: 'The encrypted content gAAA could not be verified. Reason: Encrypted content could not be decrypted or parsed.',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_encrypted_content',
    },
  },
};

const vendors = sealedVendors.filter(({ dialect }) => refusalIn[dialect] !== undefined);

/** A vendor that has forgotten its keys: it takes none of its own seals back. */
function forgetful(vendor: SealedVendor): Behaviour {
  return (request, response) => {
    const seals = vendor.sealsIn(JSON.parse(request.body.toString('utf8')));
    return seals.length > 0 ? sendJson(response, 400, refusalIn[vendor.dialect]) : vendor.behaviour(request, response);
  };
}

const speakers: Readonly<Record<string, (place: Place) => Speaker>> = {
  'openai-chat': chatSpeaker,
  'openai-responses': responsesSpeaker,
  'claude-messages': claudeSpeaker,
  gemini: geminiSpeaker,
};

const conversations = Object.keys(speakers).flatMap((client) =>
  vendors.flatMap((vendor) => [false, true].map((stream) => ({ client, vendor, stream, name: `${client}-${vendor.dialect}-${stream}` }))),
);

describe('a seal that its vendor refuses', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let strict: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels: ChannelEntry[] = conversations.map(({ name, vendor }) =>
      channelIn(vendor.dialect, name, upstream.place(name, forgetful(vendor)), [name]),
    );
    for (const vendor of vendors) {
      const stubborn = upstream.place(`stubborn-${vendor.dialect}`, (_request, response) =>
        sendJson(response, 400, refusalIn[vendor.dialect]),
      );
      const willing = upstream.place(`willing-${vendor.dialect}`, vendor.behaviour);
      const model = `moves-on-${vendor.dialect}`;
      channels.push({ ...channelIn(vendor.dialect, `stubborn-${vendor.dialect}`, stubborn, [model]), priority: 1 });
      channels.push(channelIn(vendor.dialect, `willing-${vendor.dialect}`, willing, [model]));
    }
    const tokens = [openToken, ...conversations.map(({ name }) => ({ ...openToken, name, key: keyOf(name) }))];
    const models = pricedByTokens(...new Set(channels.flatMap((channel) => channel.models)));
    const apply = { models, channels, users: [alice], tokens };
    gateway = await startGateway({ apply });
    strict = await startGateway({ apply: { ...apply, settings: { relay: { onLoss: 'reject' } } } });
  });

  afterAll(async () => {
    await gateway?.stop();
    await strict?.stop();
    await upstream?.close();
  });

  it.each(conversations)(
    'is left out at the second try, at $vendor.dialect for a client of $client, streamed: $stream',
    async (conversation) => {
      const { client, vendor, stream, name } = conversation;
      const speaker = speakers[client]?.({ url: gateway.url, key: keyOf(name) });
      if (speaker === undefined) throw new Error(`Nobody speaks ${client}.`);
      for (let turn = 0; turn <= loopTurns; turn += 1) {
        const answer = await speaker.ask(name, stream);
        speaker.giveResults(answer.calls.map((call) => ({ call, text: `${turn} degrees` })));
        if (turn === loopTurns) expect(answer.text).toBe('Done.');
      }
      const seals = bodiesTo(upstream, name).map((body) => vendor.sealsIn(body).length);
      expect(seals).toEqual([0, 1, 0, 2, 0]);
      const rows = await usageRowsOf(gateway, keyOf(name), loopTurns + 1);
      const lost = rows.map(({ outcome, losses = [] }) => [
        outcome,
        losses.some(({ side, field }) => side === 'request' && field === 'seal'),
      ]);
      expect(lost).toEqual([
        ['ok', true],
        ['ok', true],
        ['ok', false],
      ]);
    },
  );

  const claudeHistory = (model: string) => ({
    model,
    max_tokens: 2_000,
    messages: [
      { role: 'user', content: 'Hello' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'c2VhbA==' },
          { type: 'text', text: 'Hi.' },
        ],
      },
      { role: 'user', content: 'Again' },
    ],
  });

  const ask = (at: TestGateway, model: string) =>
    rawCall({ url: at.url, key: openToken.key, dialect: 'claude-messages', model, body: JSON.stringify(claudeHistory(model)) });

  it.each(vendors)('is tried once more at $dialect and no oftener, then at the next channel', async ({ dialect }) => {
    const answer = await ask(gateway, `moves-on-${dialect}`);
    expect(answer.status, answer.body.toString()).toBe(200);
    expect([upstream.requestsTo(`stubborn-${dialect}`).length, upstream.requestsTo(`willing-${dialect}`).length]).toEqual([2, 1]);
  });

  it('is not tried again where the operator refuses losses: the caller is told what the vendor says', async () => {
    const name = 'claude-messages-claude-messages-false';
    const before = upstream.requestsTo(name).length;
    const answer = await ask(strict, name);
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain('Invalid `signature`');
    expect(upstream.requestsTo(name)).toHaveLength(before + 1);
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
    await strict.expectCleanLedger();
  });
});
