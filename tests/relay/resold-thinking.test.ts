import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { chatSpeaker } from './conversations/chat-speaker.js';
import { claudeSpeaker } from './conversations/claude-speaker.js';
import { geminiSpeaker } from './conversations/gemini-speaker.js';
import { loopTurns, type Reseller, resellers } from './conversations/resellers.js';
import { responsesSpeaker } from './conversations/responses-speaker.js';
import type { Place, SeenAnswer, Speaker } from './conversations/speaker.js';

const speakers: Readonly<Record<string, (place: Place) => Speaker>> = {
  'openai-chat': chatSpeaker,
  'openai-responses': responsesSpeaker,
  'claude-messages': claudeSpeaker,
  gemini: geminiSpeaker,
};

const ways = Object.keys(speakers).flatMap((client) =>
  [false, true].map((stream) => ({ client, stream, way: stream ? 'streamed' : 'whole' })),
);

const nameOf = (client: string, way: string, reseller: Reseller): string => `${client}-${way}-${resellers.indexOf(reseller)}`;

describe('a tool loop with thinking at a reseller', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  const conversations = ways.flatMap(({ client, way }) => resellers.map((reseller) => ({ name: nameOf(client, way, reseller), reseller })));

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels: ChannelEntry[] = conversations.map(({ name, reseller }) => ({
      name,
      provider: 'openai-compatible',
      config: { baseUrl: upstream.place(name, reseller.behaviour), apiKey: upstreamKey, dialects: [reseller.dialect] },
      models: [name],
      modelMapping: { [name]: reseller.model },
    }));
    gateway = await startGateway({
      apply: { models: pricedByTokens(...conversations.map(({ name }) => name)), channels, users: [alice], tokens: [openToken] },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function talk(client: string, stream: boolean, model: string): Promise<readonly SeenAnswer[]> {
    const speaker = speakers[client]?.({ url: gateway.url, key: openToken.key });
    if (speaker === undefined) throw new Error(`Nobody speaks ${client}.`);
    const answers: SeenAnswer[] = [];
    for (let turn = 0; turn <= loopTurns; turn += 1) {
      const answer = await speaker.ask(model, stream);
      answers.push(answer);
      speaker.giveResults(answer.calls.map((call) => ({ call, text: `${turn} degrees` })));
    }
    return answers;
  }

  describe.each(ways)('of a client of $client, $way,', ({ client, stream, way }) => {
    it.each(resellers)('brings back what was sealed, field by field: $title', async (reseller) => {
      const name = nameOf(client, way, reseller);
      const answers = await talk(client, stream, name);
      expect(answers.map(({ calls }) => calls.map(({ arguments: given }) => given))).toEqual([
        [{ city: 'City 0' }],
        [{ city: 'City 1' }],
        [],
      ]);
      const passes = client === 'openai-chat' && reseller.dialect !== 'openai-chat';
      expect(answers.at(-1)?.text).toBe(passes ? '<think>\nThought 2.\n</think>\n\nDone.' : 'Done.');
      const bodies = upstream.requestsTo(name).map(({ body }) => JSON.parse(body.toString('utf8')) as unknown);
      expect(bodies.map((body) => reseller.sealedIn(body))).toEqual(
        [0, 1, 2].map((turn) => Array.from({ length: turn }, (_, earlier) => reseller.sealedAt(earlier))),
      );
      expect(JSON.stringify(bodies)).not.toContain('tg1');
    });
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
