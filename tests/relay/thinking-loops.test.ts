import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { type SealedVendor, sealedVendors } from './conversations/sealed-vendors.js';
import type { SeenAnswer } from './conversations/speaker.js';
import { channelTo, speakerOf, speakers, talkTo } from './conversations/talk.js';

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
    const channels = conversations.map(({ name, vendor }) => channelTo(vendor, name, upstream.place(name, vendor.behaviour)));
    gateway = await startGateway({
      apply: { models: pricedByTokens(...conversations.map(({ name }) => name)), channels, users: [alice], tokens: [openToken] },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const talk = (client: string, stream: boolean, modelAt: (turn: number) => string): Promise<readonly SeenAnswer[]> =>
    talkTo(speakerOf(client, { url: gateway.url, key: openToken.key }), stream, modelAt);

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
