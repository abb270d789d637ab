import { createGateway, type Gateway } from '@tollgate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietly } from '../prove/faults/call-facts.js';
import { MoneyWitness } from '../prove/faults/money-witness.js';
import { applying, createStageStorage, stageParts, stageSecret, type StageStorage } from '../prove/faults/stage-database.js';
import { rawFetch } from '../relay/raw-call.js';
import { type Behaviour, chatFrame, type ScriptedUpstream, startScriptedUpstream, streamsForever } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { accountOf, type UsageRow, usageRowsOf } from '../support/usage-rows.js';

/** What an upstream waits for that shall go on when a test says so. */
class Gate {
  open = (): void => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

const usage = { prompt_tokens: 30, completion_tokens: 500, total_tokens: 530 };
const rest = `${chatFrame({}, 'stop')}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;

/** Says a word, waits, and then does the last thing. */
function pauses({ opened }: Gate, last: (response: Parameters<Behaviour>[1]) => void): Behaviour {
  return async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chatFrame({ role: 'assistant', content: 'A word. ' }));
    await opened;
    last(response);
  };
}

/** What is read on when the client has left is bounded; whoever is charged by less than the whole answer finds the reason in the receipt. */
describe('an answer that is read on for its usage', () => {
  const gates = { whole: new Gate(), breaks: new Gate(), capped: new Gate(), never: new Gate() };
  let storage: StageStorage;
  let upstream: ScriptedUpstream;
  let gateway: Gateway | undefined;
  let url: string;
  let calls = 0;

  beforeAll(async () => {
    storage = await createStageStorage('sqlite');
    upstream = await startScriptedUpstream();
  });

  afterAll(async () => {
    for (const { open } of Object.values(gates)) open();
    await gateway?.close(0);
    await upstream?.close();
    await storage?.drop();
  });

  async function startWith(settlement: Readonly<Record<string, number>>): Promise<void> {
    await gateway?.close(0);
    const places: Readonly<Record<string, Behaviour>> = {
      whole: pauses(gates.whole, (response) => response.end(rest)),
      capped: pauses(gates.capped, (response) => response.end(rest)),
      breaks: pauses(gates.breaks, (response) => response.socket?.destroy()),
      never: pauses(gates.never, (response) => response.end(rest)),
      flood: streamsForever({ chunkDelayMs: 1, chunkBytes: 2_000 }),
    };
    const parts = stageParts(storage, storage.databaseUrl);
    const document = {
      models: Object.keys(places).map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
      channels: Object.entries(places).map(([name, behaviour]) => chatChannel(name, upstream.place(name, behaviour), [name])),
      users: [alice],
      tokens: [openToken],
      settings: { settlement: { clientLeft: 'upstream-actual', ...settlement } },
    };
    gateway = await createGateway(parts, applying(document, parts.environment));
    url = (await gateway.listen()).url;
  }

  /** Leaves when the first word is there, and waits until that has been noticed. */
  async function leave(model: string): Promise<void> {
    calls += 1;
    const leaving = new AbortController();
    const response = await rawFetch({ url, key: openToken.key, dialect: 'openai-chat', model, stream: true, signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    for (let round = 0; round < 2; round += 1) await (await fetch(`${url}/healthz`)).arrayBuffer();
  }

  const receiptOf = async (model: string): Promise<UsageRow | undefined> =>
    (await usageRowsOf({ url }, openToken.key, calls)).find((row) => row.model === model);

  const asDelivered = { ending: 'client-left', policy: 'delivered', estimated: true };
  const inFull = { ending: 'client-left', policy: 'upstream-actual', estimated: false, cost: '530' };

  it('is paid in full where nothing comes in between', async () => {
    await startWith({});
    await leave('whole');
    gates.whole.open();
    const receipt = await receiptOf('whole');
    expect(receipt).toMatchObject(inFull);
    expect(receipt?.fallback).toBeUndefined();
  });

  it('is paid as far as it was delivered where its upstream breaks off meanwhile', async () => {
    await leave('breaks');
    gates.breaks.open();
    expect(await receiptOf('breaks')).toMatchObject({ ...asDelivered, fallback: 'drain-broken' });
  });

  it('is one of so many, and the next is not begun', async () => {
    await startWith({ drainsMax: 1 });
    await leave('capped');
    await leave('never');
    calls -= 1;
    expect(await receiptOf('never')).toMatchObject({ ...asDelivered, fallback: 'drain-cap' });
    await eventually('the upstream of the second is stopped', () => upstream.openResponses() === 1);
    gates.capped.open();
    calls += 1;
    expect(await receiptOf('capped')).toMatchObject(inFull);
  });

  it('ends at so many bytes', async () => {
    await startWith({ drainBytesMax: 30_000 });
    await leave('flood');
    const receipt = await receiptOf('flood');
    expect(receipt).toMatchObject({ ...asDelivered, fallback: 'drain-bytes' });
    // What the client did not get it does not pay for.
    expect(receipt?.usage.output).toBeLessThan(30_000 / 4);
    await eventually('the upstream is stopped', () => upstream.openResponses() === 0);
  });

  it('ends after so long', async () => {
    await startWith({ drainTimeMaxMs: 200 });
    await leave('never');
    const rows = await usageRowsOf({ url }, openToken.key, calls);
    expect(rows[0]).toMatchObject({ ...asDelivered, model: 'never', fallback: 'drain-time' });
    await eventually('the upstream is stopped', () => upstream.openResponses() === 0);
  });

  it('ends with the gateway', async () => {
    await startWith({});
    await leave('never');
    await startWith({});
    const rows = await usageRowsOf({ url }, openToken.key, calls);
    expect(rows[0]).toMatchObject({ ...asDelivered, model: 'never', fallback: 'drain-stopped' });
  });

  it('leaves nothing held, and the books clean', async () => {
    expect((await accountOf({ url }, openToken.key)).held).toBe('0');
    const witness = await MoneyWitness.open({ dataFolder: storage.dataFolder }, stageSecret);
    const { violated } = await witness.look([], quietly);
    await witness.close();
    expect(violated).toEqual([]);
  });
});
