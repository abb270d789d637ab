import { type Dialect, defineProvider, type ProviderAdapter, secret } from '@tollgate/plugin-kit';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Clock } from '../../foundation/clock.js';
import { RowMac, rowMacKey } from '../../foundation/row-mac.js';
import { SecretBox } from '../../foundation/secret-box.js';
import type { OpenedTestDatabase, TestDatabase } from '../../storage/test-database.js';
import { Books, verifyLedger } from '../ledger/index.js';
import { limitsSettings } from '../limits/index.js';
import { defineSettings, Settings } from '../settings/index.js';
import type { ApplyContext } from './apply-context.js';
import { parseApplyFile } from './apply-file.js';
import type { VariableValues } from './apply-variables.js';
import { type ApplyOptions, type ApplyResult, executeApply } from './execute-apply.js';

const masterSecret = 'a master secret of at least 32 characters';
const mail = defineSettings('mail', { port: z.int().positive().default(25), password: secret('Password').optional() });
const provider = defineProvider({
  id: 'test',
  title: 'Test',
  vendor: 'test',
  config: z.object({ baseUrl: z.url(), apiKey: secret('API key') }),
  speaks: [{ dialect: { id: 'test-words' } as Dialect, url: () => '' }],
  headers: () => ({}),
}) as unknown as ProviderAdapter;
const clock: Clock = { now: () => 1_000 };

/** Applies files to a database of its own. */
export class ApplyBench {
  readonly context: ApplyContext;
  readonly #opened: OpenedTestDatabase;
  readonly #mac = new RowMac(rowMacKey(masterSecret));

  private constructor(opened: OpenedTestDatabase) {
    const { database } = opened;
    const secretBox = new SecretBox(masterSecret);
    this.#opened = opened;
    this.context = {
      database,
      secretBox,
      clock,
      providers: new Map([['test', provider]]),
      settings: new Settings(database, [mail, limitsSettings], secretBox),
      books: new Books(this.#mac, clock),
    };
  }

  static async open(databases: Pick<TestDatabase, 'open'>): Promise<ApplyBench> {
    return new ApplyBench(await databases.open());
  }

  /** To open the database once more, as another process would. */
  get target(): OpenedTestDatabase['target'] {
    return this.#opened.target;
  }

  apply(text: string, options?: ApplyOptions, variables: VariableValues = {}): Promise<ApplyResult> {
    return executeApply(this.context, parseApplyFile(text, 'gateway.yaml', variables), options);
  }

  /** The changes in short: `create user alice`. */
  async changes(text: string, options?: ApplyOptions): Promise<readonly string[]> {
    const { changes } = await this.apply(text, options);
    return changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`);
  }

  async close(): Promise<void> {
    const report = await verifyLedger(this.context.database, this.#mac);
    expect(report.differences).toEqual([]);
    await this.#opened.close();
  }
}
