import { join } from 'node:path';
import { presets } from '@tollgate/provider-presets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alice, type ChannelEntry, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { allUsageRowsOf, type UsageRow } from '../support/usage-rows.js';
import { expectedPlaces } from './presets/expected-places.js';
import { ownPlaces } from './presets/own-places.js';
import { type PresetUpstream, startPresetUpstream } from './presets/preset-upstream.js';
import { questions, textIn } from './presets/questions.js';
import { rawCall } from './raw-call.js';

const clients = Object.keys(questions);
const ways = clients.flatMap((client) => [false, true].map((stream) => ({ client, stream })));
const places = Object.entries(expectedPlaces).map(([id, place]) => ({ id, place }));
const owns = Object.entries(ownPlaces).map(([id, own]) => ({ id, own }));
const models = [...places, ...owns].map(({ id }) => id);

describe('a channel of a preset', () => {
  let upstream: PresetUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startPresetUpstream();
    const channels: ChannelEntry[] = places.map(({ id, place }) => ({
      name: id,
      provider: id,
      config: { baseUrl: upstream.baseUrl(id), apiKey: upstreamKey, ...place.config },
      models: [id],
      modelMapping: { [id]: place.model ?? 'some-model' },
    }));
    const ownChannels: ChannelEntry[] = owns.map(({ id, own }) => ({
      name: id,
      provider: own.provider,
      config: own.configAt(upstream.baseUrl(id)),
      models: [id],
      modelMapping: { [id]: own.model },
    }));
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      apply: { models: pricedByTokens(...models), channels: [...channels, ...ownChannels], users: [alice], tokens: [openToken] },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it('is there for every preset', () => {
    const isSide = new Set(['openai-embeddings', 'rerank']);
    const generating = presets.filter(({ speaks }) => speaks.some(({ dialect }) => !isSide.has(dialect))).map(({ id }) => id);
    expect(Object.keys(expectedPlaces).filter((id) => id !== 'azure-openai')).toEqual(expect.arrayContaining(generating));
    expect(generating).toEqual(places.map(({ id }) => id).filter((id) => id !== 'azure-openai'));
  });

  it.each(places)('answers clients of all dialects as its place wants to be asked: $id', async ({ id, place }) => {
    const [first = ''] = Object.keys(place.paths);
    for (const { client, stream } of ways) {
      const way = await answeredOk(id, client, stream);
      const asked = upstream.seen.at(-1);
      const expected = place.paths[client] === undefined ? first : client;
      expect({ way, place: asked?.place, dialect: asked?.dialect }).toEqual({ way, place: id, dialect: expected });
      // Wishes to think are in all questions but those of chat, whose bytes pass.
      if (expected !== client && expected === 'openai-chat')
        expect({ way, refusal: place.refusalOfTranslated?.(asked?.body ?? {}) }).toEqual({ way, refusal: undefined });
    }
  });

  it.each(owns)('answers clients of all dialects as only its place does: $id', async ({ id, own }) => {
    for (const { client, stream } of ways) {
      const way = await answeredOk(id, client, stream);
      const asked = upstream.seen.at(-1);
      expect({ way, place: asked?.place, dialect: asked?.dialect }).toEqual({ way, place: id, dialect: own.languageFor(client) });
    }
  });

  async function answeredOk(id: string, client: string, stream: boolean): Promise<string> {
    const body = JSON.stringify(questions[client]?.(id, stream));
    const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: client, model: id, stream, body });
    const way = `${client}${stream ? ', streamed' : ''}`;
    expect({ way, status: answer.status, ...(answer.status === 200 ? {} : { body: answer.body.toString() }) }).toEqual({
      way,
      status: 200,
    });
    expect(textIn(client, answer.body.toString('utf8'), stream), way).toBe('ok');
    return way;
  }

  it('is billed for what its place has stated, wherever that was', async () => {
    let rows: readonly UsageRow[] = [];
    await eventually('all receipts', async () => {
      rows = await allUsageRowsOf(gateway, openToken.key);
      return rows.length >= models.length * ways.length;
    });
    const wrong = rows.filter(({ usage, estimated }) => estimated || usage.input !== 5 || usage.output !== 1);
    expect(wrong.map(({ model }) => model)).toEqual([]);
    await gateway.expectCleanLedger();
  });
});
