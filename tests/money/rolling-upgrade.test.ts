import { setTimeout as wait } from 'node:timers/promises';
import { createGateway, type Gateway } from '@tollgate/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Migration } from '../../packages/core/src/storage/migrate.js';
import { migrations } from '../../packages/core/src/storage/migrations/index.js';
import { SchemaTooNewError } from '../../packages/core/src/storage/storage-errors.js';
import { type CallCourse, callersMax, startCall } from '../prove/faults/fault-calls.js';
import { faultDocument } from '../prove/faults/fault-document.js';
import { FaultUpstream } from '../prove/faults/fault-upstream.js';
import type { MoneyWitness } from '../prove/faults/money-witness.js';
import { applying, createStageStorage, openWitness, stageParts, type StageStorage } from '../prove/faults/stage-database.js';
import { databaseKinds } from '../support/own-database.js';
import { eventually } from '../support/eventually.js';

const newestName = migrations.at(-1)?.name ?? '';

/** What a next release adds: nodes of this one may serve beside it. */
const expand: Migration = {
  name: '9001-expand',
  minimumNodeVersion: newestName,
  async up(transaction) {
    await transaction.raw('alter table usage_records add column of_the_next_release text');
  },
};

/** What the release after that takes away: nodes that still need it must not serve. */
const contract: Migration = {
  name: '9002-contract',
  async up(transaction) {
    await transaction.raw('alter table usage_records drop column of_the_next_release');
  },
};

/** Each with a token of its own, so that its receipt is found. */
const callsMax = 1_500;
const pauseMs = 20;

interface Node {
  readonly url: string;
  readonly gateway: Gateway;
  /** What the load balancer has sent there. */
  readonly sent: string[];
  taking: boolean;
}

describe.skipIf(!databaseKinds.includes('postgres'))('two nodes that are upgraded one after the other', () => {
  const everything: Node[] = [];
  let storage: StageStorage;
  let upstream: FaultUpstream;
  let witness: MoneyWitness;
  let nodes: Node[] = [];

  beforeAll(async () => {
    storage = await createStageStorage('postgres');
    upstream = await FaultUpstream.start();
    const parts = stageParts(storage, storage.databaseUrl);
    const gateway = await createGateway(parts, applying(faultDocument(upstream, callsMax, 30_000), parts.environment));
    await gateway.close();
    witness = await openWitness(storage);
  });

  afterAll(async () => {
    for (const { gateway } of everything) await gateway.close();
    await witness?.close();
    await upstream?.close();
    await storage?.drop();
  });

  async function start(release: readonly Migration[]): Promise<Node> {
    const gateway = await createGateway({ ...stageParts(storage, storage.databaseUrl), migrations: release });
    const node: Node = { gateway, url: (await gateway.listen()).url, sent: [], taking: true };
    everything.push(node);
    return node;
  }

  it('lose no call, and leave no hold', async () => {
    const next = [...migrations, expand];
    nodes = [await start(migrations), await start(migrations)];
    const courses: CallCourse[] = [];
    const load = { over: false, calls: 0 };
    const callOn = async (): Promise<void> => {
      while (!load.over && load.calls < callsMax) {
        const taking = nodes.filter(({ taking: takes }) => takes);
        const index = load.calls++;
        const node = taking[index % taking.length] as Node;
        node.sent.push(`0-${index}`);
        courses.push(await startCall(node.url, index % 2 === 0 ? 'whole' : 'outgrows', index, 0).course);
        await wait(pauseMs);
      }
    };
    const calling = Promise.all(Array.from({ length: callersMax }, callOn));
    const served = (count: number) => eventually(`${count} more calls`, () => courses.length >= count + before, 20_000);
    let before = 0;
    for (const place of [0, 1] as const) {
      before = courses.length;
      await served(20);
      // A load balancer sends no more to a node that is about to stop; what it has begun it ends.
      const leaving = nodes[place] as Node;
      leaving.taking = false;
      const { sent } = leaving;
      await eventually('what was sent there has arrived', () =>
        sent.every((sentMarker) => upstream.requestsOf(sentMarker) > 0 || courses.some(({ marker }) => marker === sentMarker)),
      );
      await leaving.gateway.close();
      nodes[place] = await start(next);
      before = courses.length;
      await served(20);
    }
    load.over = true;
    await calling;
    await eventually('every call is settled', async () => (await witness.openHolds()) === 0);
    expect(courses.filter(({ complete }) => !complete)).toEqual([]);
    const finding = await witness.look(courses, { requestsOf: (marker) => upstream.requestsOf(marker), injected: [] });
    expect(finding.violated).toEqual([]);
  });

  it('keep out nodes of a release that the schema has left behind, those that run as well', async () => {
    expect(nodes).toHaveLength(2);
    const newest = await start([...migrations, expand, contract]);
    const healthOf = async ({ url }: Node): Promise<number> => (await fetch(`${url}/healthz`)).status;
    for (const node of nodes) await eventually('a node that runs takes no more calls', async () => (await healthOf(node)) === 503);
    expect(await healthOf(newest)).toBe(200);
    await expect(start([...migrations, expand])).rejects.toThrow(SchemaTooNewError);
    await expect(start(migrations)).rejects.toThrow(SchemaTooNewError);
  });
});
