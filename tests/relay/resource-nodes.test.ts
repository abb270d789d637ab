import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openaiAccount } from '../replay/openai-account.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

const accounts = ['first', 'second', 'third', 'fourth'];

describe.skipIf(!databaseKinds.includes('postgres'))('stored responses on two nodes', () => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: readonly [TestGateway, TestGateway];
  let clients: readonly [OpenAI, OpenAI];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const first = await startGateway({
      environment,
      apply: {
        models: pricedByTokens('common'),
        channels: accounts.map((name) => ({
          name,
          provider: 'openai',
          config: { baseUrl: upstream.place(name, openaiAccount(name, `key-of-${name}`).behaviour), apiKey: `key-of-${name}` },
          models: ['common'],
        })),
        users: [alice],
        tokens: [openToken],
      },
    });
    nodes = [first, await startGateway({ environment })];
    const clientOf = ({ url }: TestGateway): OpenAI => new OpenAI({ apiKey: openToken.key, baseURL: `${url}/v1`, maxRetries: 0 });
    clients = [clientOf(nodes[0]), clientOf(nodes[1])];
  });

  afterAll(async () => {
    for (const node of nodes ?? []) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  it('go on at whichever node is asked next, many at a time and without a pause', async () => {
    const conversations = Array.from({ length: 40 }, async (_, index) => {
      let last = await clients[0].responses.create({ model: 'common', input: 'Hello' });
      for (let turn = 1; turn <= 4; turn += 1) {
        const client = clients[(index + turn) % 2 === 0 ? 0 : 1];
        last = await client.responses.create({ model: 'common', input: 'And?', previous_response_id: last.id });
      }
      return last.output_text.replace(/^\w+/, '');
    });
    expect(new Set(await Promise.all(conversations))).toEqual(new Set([' knows 4 earlier']));
  });

  it('outlive the node that saw them being made', async () => {
    const { id } = await clients[0].responses.create({ model: 'common', input: 'Hello' });
    await nodes[0].kill('SIGTERM');
    expect((await clients[1].responses.retrieve(id)).id).toBe(id);
    await nodes[1].expectCleanLedger();
  });
});
