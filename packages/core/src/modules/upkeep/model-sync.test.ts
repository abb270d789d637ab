import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderAdapter } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { ConfigurationEditor } from '../changes/index.js';
import { defaultChannelOptions, insertChannel, openChannel } from '../channels/index.js';
import { testChannel } from '../channels/test-channel.js';
import { testProvider } from '../channels/test-provider.js';
import { readFindings } from './channel-finding-store.js';
import { ModelSync } from './model-sync.js';

const secretBox = new SecretBox('a master secret of at least 32 characters');
const clock: Clock = { now: () => 1 };

describe.each(testDatabases())('channels that follow their upstreams by themselves on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  const upstream = createServer();

  beforeEach(async () => {
    opened = await open();
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
  });
  afterEach(async () => {
    upstream.closeAllConnections();
    upstream.close();
    await opened.close();
  });

  /** Of one channel, which is stored. */
  async function syncing(ofEditor: (editor: ConfigurationEditor) => ConfigurationEditor = (editor) => editor) {
    const { database } = opened;
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const models: ProviderAdapter['models'] = { request: () => ({ method: 'GET', url, headers: {} }), read: () => [{ id: 'm' }] };
    const providers = new Map<string, ProviderAdapter>([['test', { ...testProvider, models }]]);
    const options = { ...defaultChannelOptions, allowPrivate: true };
    const stored = testChannel('followed', secretBox, {}, { baseUrl: url, options });
    await database.write((transaction) => insertChannel(transaction, stored));
    const warnings: string[] = [];
    const sync = new ModelSync({
      database,
      providers,
      ioOf: () => {
        throw new Error('Nothing is signed here.');
      },
      userAgent: 'test',
      secretBox,
      clock,
      editor: ofEditor(new ConfigurationEditor({ database, clock, onChanged: async () => undefined })),
      settings: () => ({ auto: true, everyHours: 24, keepCustom: true }),
      channels: () => [openChannel(stored, providers, secretBox)],
      log: { warn: (_facts: object, message: string) => warnings.push(message) } as unknown as Logger,
    });
    return { sync, warnings, findings: () => readFindings(database.knex, [stored.id]) };
  }

  it('do not wait for one that hangs once the gateway stops, and take nothing from it', async () => {
    const { sync, warnings, findings } = await syncing();
    const stopping = new AbortController();
    const asked = once(upstream, 'request');
    const turn = sync.runDue(stopping.signal);
    await asked;
    stopping.abort();
    await turn;
    expect(await findings()).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('change nothing where they are stopped while their change waits for others', async () => {
    const stopping = new AbortController();
    const { sync, warnings, findings } = await syncing((editor) => {
      const edit = editor.edit.bind(editor);
      editor.edit = (author, plan) => {
        stopping.abort();
        return edit(author, plan);
      };
      return editor;
    });
    upstream.once('request', (_request, response) => response.end('{}'));
    await sync.runDue(stopping.signal);
    expect(stopping.signal.aborted).toBe(true);
    expect(await findings()).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
