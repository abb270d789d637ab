import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ApplyDocument, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

const callersOfNode = 4;

interface MadeCall {
  readonly startedAt: number;
  readonly status: number;
  readonly place: string;
}

describe.skipIf(!databaseKinds.includes('postgres'))('a change to one of many channels under load', () => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: TestGateway[] = [];
  const others = Array.from({ length: 300 }, (_, index) => `other-${index}`);

  /** Each place says its own name. */
  const placed = (place: string) => upstream.place(place, answers({ text: place, delayMs: 30 }));
  const document = (place: string): ApplyDocument => ({
    models: pricedByTokens('moving', 'staying'),
    channels: [
      chatChannel('moving', placed(place), ['moving']),
      ...others.map((name) => chatChannel(name, placed('elsewhere'), ['staying'])),
    ],
    users: [alice],
    tokens: [openToken],
  });

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    nodes = [await startGateway({ environment, apply: document('before') })];
    nodes.push(await startGateway({ environment }));
  });

  afterAll(async () => {
    await nodes[0]?.expectCleanLedger();
    for (const node of nodes) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  it('is live on both nodes within a second, and drops no call', async () => {
    const calls: MadeCall[] = [];
    const load = { over: false };
    const call = async ({ url }: TestGateway): Promise<void> => {
      while (!load.over) {
        const startedAt = Date.now();
        const answer = await rawCall({ url, key: openToken.key, dialect: 'openai-chat', model: 'moving', stream: calls.length % 2 === 0 });
        const place = /before|after/.exec(answer.body.toString())?.[0] ?? '';
        calls.push({ startedAt, status: answer.status, place });
      }
    };
    const calling = nodes.flatMap((node) => Array.from({ length: callersOfNode }, () => call(node)));
    await wait(500);
    const { channels = [] } = document('after');
    await nodes[0]?.applied({ channels: channels.slice(0, 1) });
    const appliedAt = Date.now();
    await wait(2_000);
    load.over = true;
    await Promise.all(calling);
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
    expect(calls.filter(({ place }) => place === 'before').length).toBeGreaterThan(callersOfNode);
    const later = calls.filter(({ startedAt }) => startedAt > appliedAt + 1_000);
    expect(later.length).toBeGreaterThan(callersOfNode);
    expect(later.filter(({ place }) => place !== 'after')).toEqual([]);
  });
});
