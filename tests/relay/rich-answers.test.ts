import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectationOf } from '../replay/expectations.js';
import { fixtureChannels, fixtureModels, modelNameOf } from '../replay/fixture-channels.js';
import { allFixtures, announceMissingRecordings, chatDialects, type Fixture, plainAnswers } from '../replay/fixtures.js';
import { type ReplayUpstream, startReplayUpstream } from '../replay/replay-upstream.js';
import { alice, openToken } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { claudeClient } from './clients/claude-client.js';
import type { Client, Place } from './clients/client.js';
import { genAiClient, generativeAiClient } from './clients/gemini-clients.js';
import { openaiChatClient } from './clients/openai-chat-client.js';
import { openaiResponsesClient } from './clients/openai-responses-client.js';
import { differences } from './differences.js';

const plain = new Set(plainAnswers(allFixtures));

/** Thinking, citations, server tools, refusals, errors and broken streams: all that the plain answers of the matrix leave out. */
const fixtures = allFixtures.filter(
  (fixture) =>
    fixture.status === 200 &&
    chatDialects.has(fixture.dialect) &&
    fixture.tags.includes('chat') &&
    fixture.format !== 'json-array-stream' &&
    !plain.has(fixture),
);

/** A second message in the middle of the first: nobody can tell which of them is the answer. */
const spliced = 'claude/spliced-message-start.chunks.txt';
const fails = (fixture: Fixture): boolean => fixture.tags.includes('error') || fixture.file === spliced;

const clients: readonly ((place: Place) => Client)[] = [
  openaiChatClient,
  openaiResponsesClient,
  claudeClient,
  generativeAiClient,
  genAiClient,
];

async function failureOf(client: Client, fixture: Fixture): Promise<readonly string[]> {
  try {
    const observed = await client.ask(modelNameOf(fixture), fixture.stream);
    if (!fails(fixture)) return differences(client, expectationOf(fixture), observed);
    // The oldest Google library throws at nothing; an answer without a reason to stop is its way to say so.
    return observed.stop === undefined ? [] : [`believed: ${observed.stop}`];
  } catch (error) {
    return fails(fixture) ? [] : [String(error)];
  }
}

/** In its own dialect an answer passes as it is, which the pass lane's own tests prove: here it is translated. */
describe('a recorded answer with more than text and tools', () => {
  announceMissingRecordings('rich-answers');
  let upstream: ReplayUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startReplayUpstream();
    gateway = await startGateway({
      apply: { models: fixtureModels(fixtures), channels: fixtureChannels(upstream, fixtures), users: [alice], tokens: [openToken] },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it.each(clients.map((client) => ({ client, title: client({ url: 'http://127.0.0.1', key: 'k' }).title })))(
    'says the same to clients of other dialects, or fails as loudly: $title',
    async ({ client: clientAt }) => {
      const client = clientAt({ url: gateway.url, key: openToken.key });
      const foreign = fixtures.filter(({ dialect }) => dialect !== client.dialect);
      const outcomes = await Promise.all(
        foreign.map(async (fixture) => (await failureOf(client, fixture)).map((failure) => `${fixture.file}: ${failure}`)),
      );
      expect(outcomes.flat()).toEqual([]);
    },
  );

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
