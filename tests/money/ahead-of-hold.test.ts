import { setTimeout as wait } from 'node:timers/promises';
import { createGateway, type Gateway, StorageUnavailableError } from '@tollgate/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import adapterClaude from '@tollgate/adapter-claude';
import adapterGemini from '@tollgate/adapter-gemini';
import adapterOpenai from '@tollgate/adapter-openai';
import { quietly } from '../prove/faults/call-facts.js';
import { applying, createStageStorage, openWitness, stageParts, type StageStorage } from '../prove/faults/stage-database.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream, streamsForever } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, type UsageRow, usageRowsOf } from '../support/usage-rows.js';

const heldTokens = 100;
const unheldTokensMax = 200;
/** The input, and what a busy machine brings in one go. */
const slackTokens = 400;

/** The last frame of a stream that was ended by the gateway. */
const dialects = [
  { dialect: 'openai-chat', last: /^data: \{"error":/ },
  { dialect: 'openai-responses', last: /^event: (?:error|response\.failed)\n/ },
  { dialect: 'claude-messages', last: /^event: error\n/ },
  { dialect: 'gemini', last: /^data: \{"error":/ },
] as const;

/** What the ledger does when a stream has outgrown its hold and more is asked for. */
type Extension = () => Promise<void>;

const goes: Extension = async () => undefined;
const away: Extension = async () => {
  throw new StorageUnavailableError('The database is away, as planned.');
};
const refuses: Extension = async () => {
  throw new Error('The database refuses this, as planned.');
};

describe('a stream that has outgrown its hold while the database does not let the hold grow', () => {
  let storage: StageStorage;
  let upstream: ScriptedUpstream;
  let gateway: Gateway;
  let url: string;
  let extension: Extension = goes;
  let settlement: Extension = goes;
  let calls = 0;

  beforeAll(async () => {
    storage = await createStageStorage('sqlite');
    upstream = await startScriptedUpstream();
    const { configuration, ...parts } = stageParts(storage, storage.databaseUrl);
    const places = {
      endless: streamsForever({ chunkDelayMs: 2, chunkBytes: 40 }),
      long: answers({
        text: 'word '.repeat(20),
        chunks: 50,
        chunkDelayMs: 2,
        usage: { prompt_tokens: 10, completion_tokens: 1_000 },
      }),
    };
    const document = {
      models: Object.keys(places).map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
      channels: Object.entries(places).map(([name, behaviour]) => chatChannel(name, upstream.place(name, behaviour), [name])),
      users: [alice],
      tokens: [openToken],
      settings: {
        ledger: { holdOutputTokensMax: heldTokens, holdExtensionTokens: 50, unheldOutputTokensMax: unheldTokensMax },
      },
    };
    const faults = async (point: string): Promise<void> => {
      if (point === 'extension') await extension();
      if (point === 'settlement') await settlement();
    };
    const plugins = [adapterOpenai(), adapterClaude(), adapterGemini()];
    gateway = await createGateway(
      { ...parts, configuration: { ...configuration, plugins }, faults },
      applying(document, parts.environment),
    );
    url = (await gateway.listen()).url;
  });

  beforeEach(() => {
    extension = goes;
    settlement = goes;
  });

  afterAll(async () => {
    await gateway?.close(0);
    await upstream?.close();
    await storage?.drop();
  });

  const ask = async (model: string, dialect: (typeof dialects)[number]['dialect'] = 'openai-chat'): Promise<string> => {
    calls += 1;
    const answer = await rawCall({ url, key: openToken.key, dialect, model, stream: true });
    expect(answer.status).toBe(200);
    return answer.body.toString('utf8').trim();
  };

  const newestReceipt = async (): Promise<UsageRow | undefined> => (await usageRowsOf({ url }, openToken.key, calls))[0];

  function expectDelivered(receipt: UsageRow | undefined): void {
    expect(receipt).toMatchObject({ ending: 'ledger-away', policy: 'delivered', outcome: 'failed', estimated: true, uncollected: '0' });
    const cost = millipointsOf(receipt?.cost ?? '0');
    expect(cost).toBeGreaterThan(BigInt(heldTokens) * 1_000n);
    expect(cost).toBeLessThan(BigInt(heldTokens + unheldTokensMax + slackTokens) * 1_000n);
  }

  it.each(dialects)('runs so far ahead of it and is ended in the words of $dialect', async ({ dialect, last }) => {
    extension = away;
    const frame = (await ask('endless', dialect)).split(/\r?\n\r?\n/).at(-1) ?? '';
    expect(frame).toMatch(last);
    expect(frame.toLowerCase()).toContain('storage_unavailable');
    expect(frame).not.toMatch(/quota|planned/);
    expectDelivered(await newestReceipt());
    await eventually('the upstream is stopped', () => upstream.openResponses() === 0);
  });

  it('is charged for what was delivered once the database is back', async () => {
    extension = away;
    settlement = away;
    const balance = millipointsOf((await accountOf({ url }, openToken.key)).balance);
    expect(await ask('endless')).toContain('storage_unavailable');
    expect(millipointsOf((await accountOf({ url }, openToken.key)).balance)).toBe(balance);
    settlement = goes;
    const receipt = await newestReceipt();
    expectDelivered(receipt);
    expect(balance - millipointsOf((await accountOf({ url }, openToken.key)).balance)).toBe(millipointsOf(receipt?.cost ?? '0'));
  });

  it('is not told that its quota is used up where the database refuses', async () => {
    extension = refuses;
    expect(await ask('endless')).toContain('storage_unavailable');
    expect(await newestReceipt()).toMatchObject({ ending: 'ledger-away', policy: 'delivered' });
  });

  it('goes on to its end where the database is back in time', async () => {
    let asked = 0;
    extension = async () => {
      asked += 1;
      if (asked <= 3) await away();
    };
    expect(await ask('long')).toContain('[DONE]');
    expect(await newestReceipt()).toMatchObject({ ending: 'complete', policy: 'upstream-actual', cost: '1010', uncollected: '0' });
  });

  it('waits where it is as far ahead as it may be before the database has answered', async () => {
    let goOn = (): void => undefined;
    const answered = new Promise<void>((resolve) => (goOn = resolve));
    extension = async () => {
      await answered;
      await away();
    };
    const streaming = ask('endless');
    await eventually('the stream is under way', () => upstream.openResponses() > 0);
    // Unbounded, it would come to a multiple of what is expected meanwhile.
    await wait(500);
    goOn();
    expect(await streaming).toContain('storage_unavailable');
    expectDelivered(await newestReceipt());
  });

  it('leaves nothing held, and the books clean', async () => {
    await eventually('nothing is held', async () => (await accountOf({ url }, openToken.key)).held === '0');
    const witness = await openWitness(storage);
    const { violated } = await witness.look([], quietly);
    await witness.close();
    expect(violated).toEqual([]);
  });
});
