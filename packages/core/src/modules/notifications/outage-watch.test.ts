import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../foundation/clock.js';
import { createLogger } from '../../foundation/logger.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { type Channel, defaultChannelOptions, deleteChannel, insertChannel } from '../channels/index.js';
import type { CircuitRecord } from '../health/index.js';
import type { HealthNotice } from './health-notice.js';
import { HealthNotices } from './health-notices.js';
import { notificationSettings } from './notification-settings.js';
import { OutageWatch } from './outage-watch.js';

const stored = {
  id: 'c',
  name: 'main',
  provider: 'p',
  config: {},
  secrets: {},
  models: ['m'],
  modelMapping: {},
  groups: ['default'],
  priority: 0,
  weight: 1,
  options: defaultChannelOptions,
  keys: [],
  enabled: true,
  createdAt: 0,
};
const main = { id: 'c', name: 'main', keys: [{ id: 'c', hint: '…', config: {} }] } as unknown as Channel;
const downAfterMs = 1_000;

describe.each(testDatabases())('the watch of outages on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let circuits: CircuitRecord[];
  let channels: Channel[];
  let webhookUrl: string;

  beforeEach(async () => {
    opened = await open();
    await opened.database.write((transaction) => insertChannel(transaction, stored));
    circuits = [];
    channels = [main];
    webhookUrl = 'http://127.0.0.1/told';
  });
  afterEach(() => opened.close());

  function startNode(): OutageWatch {
    const { database } = opened;
    const settings = () => ({ ...notificationSettings.schema.parse({ webhookUrl, downAfterMs }) });
    const parts = { database, settings, clock: systemClock };
    const notices = new HealthNotices({ ...parts, channelNameOf: () => 'main', log: createLogger('silent') });
    return new OutageWatch({
      ...parts,
      channels: () => channels,
      circuits: () => circuits,
      lastServedOf: () => Promise.resolve(new Map()),
      notices,
    });
  }

  function failFor(lastedMs: number): void {
    const since = Date.now() - lastedMs;
    circuits = [
      { channelId: 'c', kind: 'key', subject: 'c', state: 'open', reason: 'refused', since, until: since + 60_000, failures: 1, trips: 1 },
    ];
  }

  async function told(): Promise<readonly string[]> {
    const rows: readonly { payload: string }[] = await opened.database
      .knex('jobs')
      .where('kind', 'tell-health')
      .orderBy('id')
      .select('payload');
    return rows.map(({ payload }) => (JSON.parse(payload) as HealthNotice).state);
  }

  it('tells what has lasted, once, however many nodes look at the same time and however often', async () => {
    const nodes = [startNode(), startNode(), startNode()];
    failFor(downAfterMs - 500);
    await nodes[0]?.look();
    expect(await told()).toEqual([]);
    failFor(downAfterMs);
    await Promise.all(nodes.map((node) => node.look()));
    await Promise.all(nodes.map((node) => node.look()));
    expect(await told()).toEqual(['down']);
    circuits = [];
    for (const node of nodes) await node.look();
    await wait(downAfterMs + 50);
    await Promise.all(nodes.map((node) => node.look()));
    await Promise.all(nodes.map((node) => node.look()));
    expect(await told()).toEqual(['down', 'up']);
    failFor(downAfterMs);
    await startNode().look();
    expect(await told()).toEqual(['down', 'up', 'down']);
  });

  it('says nothing more of what comes and goes', async () => {
    const node = startNode();
    failFor(downAfterMs);
    await node.look();
    for (let turn = 0; turn < 4; turn += 1) {
      circuits = [];
      await node.look();
      await wait(downAfterMs / 2);
      failFor(1);
      await node.look();
      await wait(downAfterMs / 10);
    }
    expect(await told()).toEqual(['down']);
  });

  it('forgets channels that people switch off, and those that are gone', async () => {
    const node = startNode();
    failFor(downAfterMs);
    await node.look();
    channels = [];
    await node.look();
    expect(await opened.database.knex('channel_outages').select('channel_id')).toEqual([]);
    channels = [main];
    await node.look();
    expect(await told()).toEqual(['down', 'down']);
    await opened.database.write((transaction) => deleteChannel(transaction, 'c'));
    expect(await opened.database.knex('channel_outages').select('channel_id')).toEqual([]);
    await node.look();
    expect(await told()).toEqual(['down', 'down']);
  });

  it('looks for nobody as long as nobody is told, and tells then', async () => {
    const node = startNode();
    failFor(downAfterMs);
    webhookUrl = '';
    await node.look();
    expect(await told()).toEqual([]);
    webhookUrl = 'http://127.0.0.1/told';
    await node.look();
    expect(await told()).toEqual(['down']);
  });
});
