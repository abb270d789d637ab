import { createLogger, type Environment } from '@tollgate/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bus } from '../../packages/core/src/cluster/bus.js';
import { bumpRevision } from '../../packages/core/src/cluster/configuration-revision.js';
import { carrierOf, hintingAfter, openRedis, type SharedRedis } from '../../packages/core/src/gateway/carriers.js';
import { SecretBox } from '../../packages/core/src/foundation/secret-box.js';
import { checkMasterSecret } from '../../packages/core/src/modules/settings/index.js';
import { type Database, openDatabase } from '../../packages/core/src/storage/database.js';
import { migrate } from '../../packages/core/src/storage/migrate.js';
import { type CuttableProxy, cuttableWay } from '../support/cuttable-proxy.js';
import { eventually } from '../support/eventually.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

const secret = 'a secret that the nodes share with each other';
const redisUrl = process.env['REDIS_URL_TEST'];
const ways = ['PostgreSQL', ...(redisUrl === undefined ? [] : ['Redis'])] as const;

interface Node {
  readonly bus: Bus;
  looks: number;
  close(): Promise<void>;
}

describe.skipIf(!databaseKinds.includes('postgres')).each(ways)('hints by way of %s', (way) => {
  let own: OwnDatabase;
  let database: Database;
  let proxy: CuttableProxy;
  let throughProxy: string;
  const nodes: Node[] = [];

  beforeEach(async () => {
    own = await createOwnDatabase();
    database = await openDatabase({ databaseUrl: own.url, dataFolder: '' });
    await migrate(database);
    await checkMasterSecret(database, new SecretBox(secret));
    ({ proxy, url: throughProxy } = await cuttableWay(way === 'Redis' ? (redisUrl ?? '') : own.url));
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
    await proxy.close();
    await database.close();
    await own.drop();
  });

  const environmentWith = (url: string): Environment => ({
    port: 0,
    host: '127.0.0.1',
    dataFolder: '',
    masterSecret: secret,
    logLevel: 'silent',
    trustedProxies: [],
    bodyBytesMax: 1,
    databaseUrl: way === 'Redis' ? own.url : url,
    ...(way === 'Redis' ? { redisUrl: url } : {}),
  });

  async function startNode(url: string): Promise<Node> {
    const environment = environmentWith(url);
    const log = createLogger('silent');
    const redis: SharedRedis | undefined = await openRedis(environment, database, log);
    const bus = new Bus(carrierOf(environment, { database, redis }, log), log);
    const node: Node = {
      bus,
      looks: 0,
      async close() {
        await bus.close();
        redis?.connection.close();
      },
    };
    bus.onHint('configuration', () => void (node.looks += 1));
    bus.start();
    nodes.push(node);
    // The first connection is a gap, too: who knows what was hinted before.
    await eventually('the node listens', () => node.looks > 0);
    return node;
  }

  const direct = () => (way === 'Redis' ? (redisUrl ?? '') : own.url);

  it('reach every node', async () => {
    const [teller, other, third] = [await startNode(direct()), await startNode(direct()), await startNode(throughProxy)];
    const before = [other.looks, third.looks];
    teller.bus.hint('configuration');
    await eventually('the others look', () => other.looks > (before[0] ?? 0) && third.looks > (before[1] ?? 0));
  });

  it('come from a command that has changed the configuration, and from no other', async () => {
    const node = await startNode(direct());
    const before = node.looks;
    await hintingAfter(environmentWith(direct()), database, async () => undefined);
    await hintingAfter(environmentWith(direct()), database, () => database.write(bumpRevision));
    await eventually('the node looks', () => node.looks > before);
    expect(node.looks).toBe(before + 1);
  });

  it('may get lost in a break, after which everybody looks anyway', async () => {
    const [teller, cutOff] = [await startNode(direct()), await startNode(throughProxy)];
    proxy.cut();
    const before = cutOff.looks;
    teller.bus.hint('configuration');
    cutOff.bus.hint('configuration');
    // Its own look needs nobody; nothing else reaches it.
    expect(cutOff.looks).toBe(before + 1);
    proxy.mend();
    await eventually('it is back and looks', () => cutOff.looks > before + 1);
    const back = cutOff.looks;
    teller.bus.hint('configuration');
    await eventually('hints reach it again', () => cutOff.looks > back);
  });
});
