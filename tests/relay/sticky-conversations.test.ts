import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { questionIn, rawCall } from './raw-call.js';

const places = ['north', 'east', 'south', 'west'];
const conversations = Array.from({ length: 8 }, (_, index) => `conversation ${index}`);
const turns = 3;

/** How the conversation is told, and what a call of it sends. Each turn adds to it. */
const marks = [
  { mark: 'the cache key', dialect: 'openai-chat', say: (name: string) => ({ prompt_cache_key: name }) },
  { mark: 'the cache key', dialect: 'openai-responses', say: (name: string) => ({ prompt_cache_key: name }) },
  { mark: 'the user', dialect: 'openai-chat', say: (name: string) => ({ user: name }) },
  { mark: 'the user', dialect: 'claude-messages', say: (name: string) => ({ metadata: { user_id: name } }) },
  { mark: 'a header', dialect: 'gemini', say: () => ({}), headers: (name: string) => ({ 'x-session-id': name }) },
  { mark: 'a long prompt', dialect: 'claude-messages', say: (name: string) => ({ system: `${name}: ${'be kind. '.repeat(600)}` }) },
  {
    mark: 'a long prompt',
    dialect: 'gemini',
    say: (name: string) => ({ systemInstruction: { parts: [{ text: `${name}: ${'be kind. '.repeat(600)}` }] } }),
  },
];

async function startNode(upstream: ScriptedUpstream, database?: OwnDatabase): Promise<TestGateway> {
  const channels = places.map((name) => chatChannel(name, upstream.place(name, answers()), ['shared']));
  return startGateway({
    apply: { models: pricedByTokens('shared'), channels, users: [alice], tokens: [openToken] },
    environment:
      database === undefined ? {} : { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' },
  });
}

describe('calls of one conversation', () => {
  let upstream: ScriptedUpstream;
  let nodes: TestGateway[] = [];
  let database: OwnDatabase | undefined;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    if (databaseKinds.includes('postgres')) database = await createOwnDatabase();
    nodes = [await startNode(upstream, database)];
    if (database !== undefined) nodes.push(await startNode(upstream, database));
  });

  afterAll(async () => {
    await nodes[0]?.expectCleanLedger();
    for (const node of nodes) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  /** Where the call was answered. */
  async function placeOf(turn: number, dialect: string, said: object, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const { url } = nodes[turn % nodes.length] as TestGateway;
    const body = JSON.stringify({ ...questionIn(dialect, 'shared'), ...said });
    const answer = await rawCall({ url, key: openToken.key, dialect, model: 'shared', body, headers });
    expect(answer.status).toBe(200);
    return upstream.requests.at(-1)?.path.split('/')[1] ?? '';
  }

  it.each(marks)('go to one channel, whichever node takes them: told by $mark in $dialect', async ({ mark, dialect, say, headers }) => {
    const went = [];
    for (const name of conversations) {
      const named = `${mark} of ${dialect} ${name}`;
      const placesOfTurns = [];
      for (let turn = 0; turn < turns; turn += 1) placesOfTurns.push(await placeOf(turn, dialect, say(named), headers?.(named)));
      went.push(new Set(placesOfTurns));
    }
    expect(went.map((set) => set.size)).toEqual(conversations.map(() => 1));
    expect(new Set(went.flatMap((set) => [...set])).size).toBeGreaterThan(1);
  });

  it('go elsewhere when their channel fails, and stay there', async () => {
    const said = { prompt_cache_key: 'moving' };
    const home = await placeOf(0, 'openai-chat', said);
    upstream.place(home, refuses(429, undefined, { 'retry-after': '1' }));
    const refuge = await placeOf(0, 'openai-chat', said);
    expect(refuge).not.toBe(home);
    upstream.place(home, answers());
    const later = [];
    for (let turn = 0; turn < 5; turn += 1) later.push(await placeOf(0, 'openai-chat', said));
    expect(new Set(later)).toEqual(new Set([refuge]));
  });
});
