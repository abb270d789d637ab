import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawFetch } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, allUsageRowsOf } from '../support/usage-rows.js';

const clients = 60;
const startingPoints = 1_000_000_000;
const key = keyOf('caller');

describe.each(databaseKinds)('SIGTERM under load on %s', (kind) => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase | undefined;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = kind === 'postgres' ? await createOwnDatabase() : undefined;
    const usage = { prompt_tokens: 10, completion_tokens: 20 };
    gateway = await startGateway({
      environment: database === undefined ? {} : { DATABASE_URL: database.url },
      apply: {
        models: ['whole', 'stream'].map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
        channels: [
          chatChannel('whole', upstream.place('whole', answers({ delayMs: 10, usage })), ['whole']),
          chatChannel('stream', upstream.place('stream', answers({ text: 'word ', chunks: 20, chunkDelayMs: 20, usage })), ['stream']),
        ],
        users: [{ username: 'caller', password: 'a long enough password', points: startingPoints }],
        tokens: [{ name: 'caller', user: 'caller', key, unlimited: true }],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await database?.drop();
    await upstream?.close();
  });

  interface Tally {
    /** Heads of answers that arrived: from then on the call is the gateway's to end. */
    begun: number;
    complete: number;
    /** Told to go elsewhere, or not let in. */
    refused: number;
    readonly strange: string[];
  }

  /** Calls one after another, until one is not taken any more. */
  async function callOn(stream: boolean, tally: Tally): Promise<void> {
    for (;;) {
      const response = await rawFetch({ url: gateway.url, key, dialect: 'openai-chat', model: stream ? 'stream' : 'whole', stream }).catch(
        () => undefined,
      );
      if (response?.status !== 200) {
        await response?.arrayBuffer();
        tally.refused += 1;
        if (response !== undefined && response.status !== 503) tally.strange.push(String(response.status));
        return;
      }
      tally.begun += 1;
      const text = await response.text().catch((error: unknown) => String(error));
      if (stream ? text.includes('[DONE]') : text.includes('"usage"')) tally.complete += 1;
      else tally.strange.push(text.slice(-200));
    }
  }

  async function openHolds(): Promise<number> {
    const sql = 'select count(*) as count from holds';
    if (database === undefined) {
      const connection = new Sqlite(join(gateway.folder, 'data/tollgate.sqlite'), { readonly: true });
      const row = connection.prepare<[], { count: number }>(sql).get();
      connection.close();
      return row?.count ?? 0;
    }
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ count: string }>(sql);
    await client.end();
    return Number(rows[0]?.count);
  }

  it('loses no call, leaves no hold, and ends within the window', async () => {
    const tally: Tally = { begun: 0, complete: 0, refused: 0, strange: [] };
    const calling = Promise.all(Array.from({ length: clients }, (_, index) => callOn(index % 2 === 0, tally)));
    await eventually('the load is on', () => tally.complete > clients);
    // A gateway that does not end within the time that is waited here is killed, and has no exit code.
    expect(await gateway.kill('SIGTERM')).toBe(0);
    await calling;
    expect(tally.strange).toEqual([]);
    expect(tally.complete).toBe(tally.begun);
    expect(tally.refused).toBe(clients);
    expect(await openHolds()).toBe(0);
    await gateway.expectCleanLedger();

    await gateway.start();
    const receipts = await allUsageRowsOf(gateway, key);
    expect(receipts.filter(({ outcome, cost }) => outcome === 'ok' && cost === '30')).toHaveLength(receipts.length);
    expect(receipts).toHaveLength(tally.complete);
    const { balance } = await accountOf(gateway, key);
    expect(millipointsOf(balance)).toBe(BigInt(startingPoints - tally.complete * 30) * 1_000n);
  });
});
