import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Dialect, defineProvider, type ProviderAdapter } from '@tollgate/plugin-kit';
import { z } from 'zod';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Logger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import type { OpenedTestDatabase, TestDatabase } from '../../storage/test-database.js';
import type { Channel } from '../channels/index.js';
import { insertModel, type Model, readModels } from '../models/index.js';
import { modelPriceOf, type ModelPriceFields } from '../pricing/index.js';
import { PriceFetcher } from './price-fetcher.js';
import { PriceSync } from './price-sync.js';
import { priceSyncJobs } from './price-sync-jobs.js';
import { priceSyncSettings } from './price-sync-settings.js';

/** Its places state prices in their lists of models, and it has one on record. */
export const pricedProvider: ProviderAdapter = defineProvider({
  id: 'test',
  title: 'Test',
  vendor: 'test',
  config: z.object({ baseUrl: z.url() }),
  speaks: [{ dialect: { id: 'test-words' } as Dialect, url: () => '' }],
  headers: () => ({}),
  models: {
    hasPrices: true,
    request: ({ baseUrl }) => ({ method: 'GET', url: `${baseUrl}/v1/models`, headers: {} }),
    read: (body) =>
      (body as { readonly data: readonly { readonly id: string; readonly dollars: number }[] }).data.map(({ id, dollars }) => ({
        id,
        price: { dollarsPerMillion: { inputText: dollars } },
      })),
  },
  prices: [
    {
      vendor: 'Moon',
      hosts: ['127.0.0.1'],
      source: 'https://moon.example/prices',
      asOf: '2026-11-01',
      models: [{ model: 'full-moon', alsoNamed: ['full-moon-1'], dollarsPerMillion: { inputText: 6 } }],
    },
  ],
});

const silence = { info() {}, warn() {} } as unknown as Logger;

/** Syncs the prices of a database of its own with those of servers that say what a test wants. */
export class PriceSyncBench {
  channels: readonly Channel[] = [];
  settings: Readonly<Record<string, unknown>> = {};
  now = 1_000_000;
  readonly clock: Clock = { now: () => this.now };
  readonly #opened: OpenedTestDatabase;
  readonly #fetcher = new PriceFetcher();
  readonly #servers: Server[] = [];

  private constructor(opened: OpenedTestDatabase) {
    this.#opened = opened;
  }

  /** Without the models that a fresh gateway has. */
  static async open(databases: Pick<TestDatabase, 'open'>): Promise<PriceSyncBench> {
    const opened = await databases.open();
    await opened.database.write((transaction) => transaction('models').delete());
    return new PriceSyncBench(opened);
  }

  get opened(): OpenedTestDatabase {
    return this.#opened;
  }

  get database(): Database {
    return this.#opened.database;
  }

  sync(database = this.database): PriceSync {
    return new PriceSync({
      database,
      providers: [pricedProvider],
      channels: () => this.channels,
      settings: () => priceSyncSettings.schema.parse(this.settings),
      fetcher: this.#fetcher,
      clock: this.clock,
    });
  }

  /** The job for those who ask, and that of the schedule. */
  jobs(sync: PriceSync): { readonly askedFor: JobHandler; readonly scheduled: JobHandler } {
    const settings = () => priceSyncSettings.schema.parse(this.settings);
    const [askedFor, scheduled] = priceSyncJobs({ sync, clock: this.clock, log: silence, settings });
    if (askedFor === undefined || scheduled === undefined) throw new Error('A job is missing.');
    return { askedFor, scheduled };
  }

  /** Serves JSON by path, at the address that it returns. */
  async serve(answers: Readonly<Record<string, unknown>>): Promise<string> {
    const server = createServer((request, response) => {
      void Promise.resolve(answers[request.url ?? '']).then((answer) =>
        response
          .writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer ?? { error: 'no' })),
      );
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  source(url: string, name = 'other', allowPrivate = true): void {
    const sources = (this.settings['sources'] as readonly unknown[] | undefined) ?? [];
    this.settings = { ...this.settings, sources: [...sources, { name, url, allowPrivate }] };
  }

  async price(name: string, fields: ModelPriceFields, priceSource: NonNullable<Model['priceSource']>): Promise<void> {
    const price = modelPriceOf(fields);
    const model: Model = { id: newId(), name, createdAt: 1, priceSource, ...(price === undefined ? {} : { price }) };
    await this.database.write((transaction) => insertModel(transaction, model));
  }

  /** By model: its ratio, or whatever else its price is, and who set it. */
  async prices(): Promise<Readonly<Record<string, unknown>>> {
    const models = await readModels(this.database.knex);
    return Object.fromEntries(
      models.map(({ name, price, priceSource }) => [name, [price?.by === 'tokens' ? price.modelRatio : price, priceSource]]),
    );
  }

  async close(): Promise<void> {
    for (const server of this.#servers.splice(0)) server.close().closeAllConnections();
    await this.#fetcher.close();
    await this.#opened.close();
  }
}
