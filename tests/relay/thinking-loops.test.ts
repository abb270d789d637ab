import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { chatSpeaker } from './conversations/chat-speaker.js';
import { claudeSpeaker } from './conversations/claude-speaker.js';
import { geminiSpeaker } from './conversations/gemini-speaker.js';
import { responsesSpeaker } from './conversations/responses-speaker.js';
import { loopTurns, type SealedVendor, sealedVendors } from './conversations/sealed-vendors.js';
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

describe('a tool loop with thinking', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  /** A place and a model of its own for each conversation, so that its requests can be told from others'. */
  const conversations = ways.flatMap(({ client, way }) =>
    sealedVendors.flatMap((vendor) =>
      ['alone', 'changing'].map((kind) => ({ name: `${client}-${way}-${vendor.dialect}-${kind}`, vendor })),
    ),
  );

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels: ChannelEntry[] = conversations.map(({ name, vendor }) => {
      const baseUrl = upstream.place(name, vendor.behaviour);
      const isRoot = vendor.provider === 'claude' || vendor.provider === 'gemini';
      return {
        name,
        provider: vendor.provider,
        config: { baseUrl: isRoot ? baseUrl.replace(/\/v1$/, '') : baseUrl, apiKey: upstreamKey, dialects: [vendor.dialect] },
        models: [name],
      };
    });
    gateway = await startGateway({
      apply: { models: pricedByTokens(...conversations.map(({ name }) => name)), channels, users: [alice], tokens: [openToken] },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  /** Talks until the model says that it is done; `modelAt` says who is asked at each turn. */
  async function talk(client: string, stream: boolean, modelAt: (turn: number) => string): Promise<readonly SeenAnswer[]> {
    const speaker = speakers[client]?.({ url: gateway.url, key: openToken.key });
    if (speaker === undefined) throw new Error(`Nobody speaks ${client}.`);
    const answers: SeenAnswer[] = [];
    for (let turn = 0; turn <= loopTurns; turn += 1) {
      const answer = await speaker.ask(modelAt(turn), stream);
      answers.push(answer);
      speaker.giveResults(answer.calls.map((call) => ({ call, text: `${turn} degrees` })));
    }
    return answers;
  }

  const bodiesTo = (place: string): readonly unknown[] =>
    upstream.requestsTo(place).map(({ body }) => JSON.parse(body.toString('utf8')) as unknown);

  function expectWholeLoop(answers: readonly SeenAnswer[]): void {
    expect(answers.map(({ calls }) => calls.map(({ arguments: given }) => given))).toEqual([
      [{ city: 'City 0' }],
      [{ city: 'City 1' }],
      [],
    ]);
    expect(answers.at(-1)?.text).toBe('Done.');
  }

  const sealsUpTo = (vendor: SealedVendor, turn: number): readonly string[] =>
    Array.from({ length: turn }, (_, earlier) => vendor.sealOf(earlier)).filter((seal) => seal !== undefined);

  describe.each(ways)('of a client of $client, $way,', ({ client, stream, way }) => {
    it.each(sealedVendors)('brings $dialect its own seals back, byte for byte', async (vendor) => {
      const place = `${client}-${way}-${vendor.dialect}-alone`;
      expectWholeLoop(await talk(client, stream, () => place));
      const bodies = bodiesTo(place);
      expect(bodies.map((body) => vendor.sealsIn(body))).toEqual([0, 1, 2].map((turn) => sealsUpTo(vendor, turn)));
      expect(JSON.stringify(bodies)).not.toContain('tg1');
    });

    it.each(sealedVendors.map((_, first) => ({ first, title: sealedVendors[first]?.dialect })))(
      'goes on with another vendor at each turn, starting at $title',
      async ({ first }) => {
        const vendorAt = (turn: number): SealedVendor => sealedVendors[(first + turn) % sealedVendors.length] as SealedVendor;
        const placeAt = (turn: number): string => `${client}-${way}-${vendorAt(turn).dialect}-changing`;
        const before = [0, 1, 2].map((turn) => upstream.requestsTo(placeAt(turn)).length);
        expectWholeLoop(await talk(client, stream, placeAt));
        for (const turn of [0, 1, 2]) {
          const [body] = bodiesTo(placeAt(turn)).slice(before[turn]);
          expect(vendorAt(turn).sealsIn(body), `turn ${turn} at ${vendorAt(turn).dialect}`).toEqual([]);
          expect(JSON.stringify(body)).not.toContain('tg1');
        }
      },
    );
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
