import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cut, cutPath } from '../replay/cut.js';
import { fixtureChannels } from '../replay/fixture-channels.js';
import { type Fixture, fixtureNamed } from '../replay/fixtures.js';
import { type ReplayUpstream, startReplayUpstream } from '../replay/replay-upstream.js';
import { frameEnds, wireResponseOf } from '../replay/wire.js';
import { alice, openToken } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { claudeClient } from './clients/claude-client.js';
import type { Client, Place } from './clients/client.js';
import { genAiClient, generativeAiClient } from './clients/gemini-clients.js';
import { openaiChatClient } from './clients/openai-chat-client.js';
import { openaiResponsesClient } from './clients/openai-responses-client.js';
import { dialects } from './dialects.js';
import { readError } from './error-shapes.js';
import { type RawAnswer, rawCall } from './raw-call.js';
import { decodedCalls } from './read-stream.js';

const fixtures = ['openai-chat/parallel-tools.sse', 'openai-responses/text.sse', 'claude/parallel-tools.sse', 'gemini/text.sse'].map(
  fixtureNamed,
);

const wholeCuts: readonly Cut[] = [{ mode: 'whole' }, { mode: 'slices', seed: 5 }];
/** After whole frames, and in the middle of one. */
const brokenCuts = (fixture: Fixture): readonly Cut[] => [
  { mode: 'off-frames', frames: 3 },
  { mode: 'off-bytes', bytes: (frameEnds(wireResponseOf(fixture).body)[2] ?? 0) + 20 },
];

const modelOf = (fixture: Fixture, cut: Cut): string => `${fixture.dialect}-${cutPath(cut)}`;

const clients: readonly ((place: Place) => Client)[] = [
  openaiChatClient,
  openaiResponsesClient,
  claudeClient,
  generativeAiClient,
  genAiClient,
];

describe('a stream through the gateway', () => {
  let upstream: ReplayUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startReplayUpstream();
    const channels = fixtures.flatMap((fixture) =>
      [...wholeCuts, ...brokenCuts(fixture)].flatMap((cut) =>
        fixtureChannels(upstream, [fixture], cut).map((channel) => ({
          ...channel,
          name: modelOf(fixture, cut),
          models: [modelOf(fixture, cut)],
        })),
      ),
    );
    gateway = await startGateway({
      apply: { models: channels.map(({ name }) => ({ name, modelRatio: 1 })), channels, users: [alice], tokens: [openToken] },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const answerOf = (dialect: string, model: string): Promise<RawAnswer> =>
    rawCall({ url: gateway.url, key: openToken.key, dialect, model, stream: true });

  const streamOf = async (dialect: string, model: string): Promise<Buffer> => {
    const answer = await answerOf(dialect, model);
    expect(answer.status).toBe(200);
    return answer.body;
  };

  it.each(dialects)('means the same to clients of $id however the upstream cuts it', async (dialect) => {
    for (const fixture of fixtures) {
      const [one = [], other = []] = await Promise.all(
        wholeCuts.map(async (cut) => decodedCalls(dialect, [await streamOf(dialect.id, modelOf(fixture, cut))])),
      );
      expect(one.length).toBeGreaterThan(3);
      // Only the answer's own id is made anew for each call.
      expect(other.slice(1)).toEqual(one.slice(1));
    }
  });

  it.each(dialects)('tells clients of $id in their own words that the upstream was cut off', async (dialect) => {
    for (const fixture of fixtures)
      for (const cut of brokenCuts(fixture)) {
        const { status, body, json } = await answerOf(dialect.id, modelOf(fixture, cut));
        // What the upstream said first may mean nothing in the client's dialect; then it is no stream at all.
        if (status === 502) {
          expect(readError(dialect.id, status, json()).code).toMatch(/^upstream_/);
          continue;
        }
        const last = decodedCalls(dialect, [body]).at(-1);
        expect([status, last?.[0]], `${modelOf(fixture, cut)}:\n${body.toString('utf8').slice(-400)}`).toEqual([200, 'fail']);
      }
  });

  it.each(clients.map((client) => ({ client, title: client({ url: 'http://127.0.0.1', key: 'k' }).title })))(
    'makes $title fail instead of hang or believe half an answer',
    async ({ client: clientAt }) => {
      const client = clientAt({ url: gateway.url, key: openToken.key });
      const outcomes = await Promise.all(
        fixtures.flatMap((fixture) =>
          brokenCuts(fixture).map((cut) =>
            client.ask(modelOf(fixture, cut), true).then(
              // The oldest Google library throws at nothing; an answer without a reason to stop is its way to say so.
              ({ stop }) => (stop === undefined ? 'no end' : `believed: ${stop}`),
              () => 'threw',
            ),
          ),
        ),
      );
      expect(outcomes.filter((outcome) => outcome.startsWith('believed'))).toEqual([]);
      if (client.title !== '@google/generative-ai') expect(new Set(outcomes)).toEqual(new Set(['threw']));
    },
  );

  it('leaves no hold open', async () => {
    await gateway.expectCleanLedger();
  });
});
