import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementClient } from '../management/management-client.js';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { plainAnswerIn } from '../relay/plain-vendors.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

const names = ['one', 'two', 'three'] as const;
/** Each channel's asked-for models and its test: what is done by itself. */
const kinds = { 'sync-models': '/models', 'test-channels': '/chat/completions' } as const;
type Kind = keyof typeof kinds;
const dayMs = 86_400_000;

describe.skipIf(!databaseKinds.includes('postgres')).each(Object.keys(kinds) as Kind[])('%s on two nodes', (kind) => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: readonly [TestGateway, TestGateway];
  let isHanging = false;

  const serves: Behaviour = (request, response) => {
    if (isHanging) return;
    // Long enough for another node to look for work meanwhile.
    setTimeout(
      () => sendJson(response, 200, request.path.endsWith('/models') ? { data: [{ id: 'm' }] } : plainAnswerIn['openai-chat']),
      1_500,
    );
  };

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const settings =
      kind === 'test-channels'
        ? { channelTests: { everyMinutes: 60, scheduled: 'all', timeoutMs: 600_000 } }
        : { modelSync: { auto: true, everyHours: 1 } };
    const first = await startGateway({
      environment,
      apply: {
        users: [{ username: 'root', role: 'root' }],
        settings,
        channels: names.map((name) => ({
          name,
          provider: 'openai-compatible',
          config: { baseUrl: upstream.place(name, serves), apiKey: 'k' },
          models: ['m'],
        })),
      },
    });
    nodes = [first, await startGateway({ environment })];
  });
  afterAll(async () => {
    for (const node of nodes ?? []) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  /** How often each channel's upstream was asked. */
  const asked = (): readonly number[] =>
    names.map((name) => upstream.requestsTo(name).filter(({ path }) => path.endsWith(kinds[kind])).length);
  const rows = async (statement: string): Promise<number> => Number((await database.run(statement))[0]?.['n']);
  const foundSince = (at: number) =>
    rows(`select count(*) as n from channel_findings where at >= ${at} and kind = '${kind === 'sync-models' ? 'models' : 'test'}'`);
  /** As if so much time had passed that each channel's turn has come. */
  const later = async (): Promise<void> => {
    await database.run(`update channel_findings set at = at - ${dayMs}`);
    await database.run(`update jobs set run_at = 0 where kind = '${kind}'`);
  };
  /** The job has been run since it was made due. */
  const isOver = async (): Promise<boolean> =>
    (await rows(`select count(*) as n from jobs where kind = '${kind}' and run_at > 0 and lease_until is null`)) === 1;

  /** Pauses the second node where it has nothing locked, so that the first takes up what is due. */
  const pauseSecond = async (): Promise<void> => {
    await eventually('the second node is paused', async () => {
      nodes[1].pause();
      const open = await rows(
        "select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'",
      );
      if (open > 0) nodes[1].resume();
      return open === 0;
    });
  };

  it('is taken over from a node that dies at it', async () => {
    await eventually('it is done once', async () => (await foundSince(0)) === names.length && (await isOver()));
    expect(asked()).toEqual([1, 1, 1]);
    await pauseSecond();
    isHanging = true;
    await later();
    await eventually('the first node has begun', () => asked().every((times) => times === 2));
    await nodes[0].kill('SIGKILL');
    isHanging = false;
    nodes[1].resume();
    const since = Date.now() - 1_000;
    // As if so long had passed: what a dead node holds it no longer renews.
    await database.run(`update jobs set lease_until = 0 where kind = '${kind}' and lease_until is not null`);
    await eventually('the other node has done it', async () => (await foundSince(since)) === names.length);
    expect(asked()).toEqual([3, 3, 3]);
    await eventually('the job is over', isOver);
  });

  it('is done once for both', async () => {
    await nodes[0].start();
    for (const round of [4, 5]) {
      await later();
      await eventually('the job is over', isOver);
      expect(asked()).toEqual([round, round, round]);
      // Nothing is due so soon after, whoever looks.
      await database.run(`update jobs set run_at = 0 where kind = '${kind}'`);
      await eventually('the job is over again', isOver);
      expect(asked()).toEqual([round, round, round]);
    }
  });

  it('goes on at whichever node is left', async () => {
    await nodes[1].kill('SIGTERM');
    const before = asked();
    await later();
    await eventually('the job is over', isOver);
    expect(asked()).toEqual(before.map((times) => times + 1));
    const root = await ManagementClient.of(nodes[0]);
    const { items } = await root.done<{ items: readonly { readonly models: readonly string[] }[] }>('GET', '/api/channels');
    expect(items.map(({ models }) => models)).toEqual(names.map(() => ['m']));
  });
});
