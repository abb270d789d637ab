import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawFetch } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, allUsageRowsOf } from '../support/usage-rows.js';

const streams = 200;
const startingPoints = 1_000_000_000;
const key = keyOf('victim');

/** When the process is killed: what has happened to the 200 streams by then. */
const moments = [
  { moment: 'in the middle of all streams', model: 'slow', heard: streams, settled: 0 },
  { moment: 'while streams end and others begin', model: 'brief', heard: streams / 2, settled: 20 },
] as const;

describe.each(databaseKinds)('kill -9 on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const usage = { prompt_tokens: 100, completion_tokens: 100 };
    const slow = answers({ text: 'word ', chunks: 300, chunkDelayMs: 50, usage });
    const brief = answers({ text: 'word ', chunks: 5, chunkDelayMs: 40, usage });
    gateway = await startGateway({
      database,
      apply: {
        models: ['slow', 'brief'].map((name) => ({ name, modelRatio: 1, completionRatio: 2 })),
        channels: [
          chatChannel('slow', upstream.place('slow', slow), ['slow']),
          chatChannel('brief', upstream.place('brief', brief), ['brief']),
        ],
        users: [{ username: 'victim', password: 'a long enough password', points: startingPoints }],
        tokens: [{ name: 'victim', user: 'victim', key, unlimited: true }],
        settings: { ledger: { nodeLeaseMs: 3_000 } },
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  interface Course {
    heard: number;
    ended: number;
    broken: number;
  }

  /** Reads one stream to its end, whatever that is. */
  async function listen(model: string, course: Course): Promise<void> {
    try {
      const response = await rawFetch({ url: gateway.url, key, dialect: 'openai-chat', model, stream: true });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      let isFirst = true;
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        if (isFirst) course.heard += 1;
        isFirst = false;
      }
      course.ended += 1;
    } catch {
      course.broken += 1;
    }
  }

  it.each(moments)('loses no money and charges nothing twice: $moment', async ({ model, heard, settled }) => {
    const course: Course = { heard: 0, ended: 0, broken: 0 };
    const listening = Promise.all(Array.from({ length: streams }, () => listen(model, course)));
    await eventually('the streams are under way', () => course.heard >= heard && course.ended >= settled, 30_000);
    await gateway.kill('SIGKILL');
    await listening;
    expect(course.broken).toBeGreaterThan(0);
    if (settled === 0) expect(course.broken).toBe(streams);

    await gateway.start();
    await eventually('no hold is left open', async () => (await accountOf(gateway, key)).held === '0', 30_000);
    const rows = await allUsageRowsOf(gateway, key);
    expect(new Set(rows.map(({ requestId }) => requestId)).size).toBe(rows.length);
    const charged = rows.reduce((sum, { cost }) => sum + millipointsOf(cost), 0n);
    expect(BigInt(startingPoints) * 1_000n - millipointsOf((await accountOf(gateway, key)).balance)).toBe(charged);
    expect(rows.filter(({ outcome }) => outcome === 'lost').every(({ cost, policy }) => cost === '0' && policy === 'swept-release')).toBe(
      true,
    );
    expect(rows.filter(({ outcome }) => outcome === 'lost').length).toBeGreaterThan(0);
    await gateway.expectCleanLedger();
  });

  it('leaves a gateway that serves on', async () => {
    const course: Course = { heard: 0, ended: 0, broken: 0 };
    await listen('brief', course);
    expect(course.ended).toBe(1);
  });
});
