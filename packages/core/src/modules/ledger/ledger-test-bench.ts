import { emptyUsage } from '@tollgate/plugin-kit';
import { expect } from 'vitest';
import { type Clock, systemClock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import { millipoints } from '../../foundation/millipoints.js';
import { RowMac, rowMacKey } from '../../foundation/row-mac.js';
import type { OpenedTestDatabase, TestDatabase } from '../../storage/test-database.js';
import { type Books, Books as BooksOf } from './books-store.js';
import type { HoldRequest, Settlement } from './ledger.js';
import type { LedgerExecutor } from './ledger-operation.js';
import { LedgerWriter } from './ledger-writer.js';
import { openLedgerExecutor } from './open-executor.js';
import { type LedgerReport, verifyLedger } from './verify-ledger.js';

const macKey = rowMacKey('a master secret for the tests of the ledger');

export const testRate = {
  model: 'm',
  group: 'default',
  groupRatio: '1',
  groupRatioSource: 'default',
  priceSource: 'manual',
  price: { by: 'call', pricePerCall: '0.02' },
} as const;

/** A ledger on a database of its own, with one user `u` and a token. */
export class LedgerBench {
  readonly books: Books = new BooksOf(new RowMac(macKey), systemClock);
  readonly #writers: LedgerWriter[] = [];

  private constructor(readonly opened: OpenedTestDatabase) {}

  static async open(databases: Pick<TestDatabase, 'open'>): Promise<LedgerBench> {
    return new LedgerBench(await databases.open());
  }

  get database() {
    return this.opened.database;
  }

  /** Another writer, as another node would have it. */
  writer(
    options: { nodeId?: string | (() => string); clock?: Clock; wrap?: (executor: LedgerExecutor) => LedgerExecutor } = {},
  ): LedgerWriter {
    const executor = openLedgerExecutor(this.opened.target, macKey, 'process');
    const { nodeId = 'node' } = options;
    const writer = new LedgerWriter({
      executor: options.wrap?.(executor) ?? executor,
      clock: options.clock ?? systemClock,
      nodeId: typeof nodeId === 'string' ? () => nodeId : nodeId,
      retryDelayMs: 1,
    });
    this.#writers.push(writer);
    return writer;
  }

  async user(userId: string, balance: bigint): Promise<void> {
    await this.database.write(async (transaction) => {
      await this.books.openWallet(transaction, userId);
      await this.books.grant(transaction, { userId, amount: millipoints(balance), kind: 'starting-balance', reference: userId });
    });
  }

  async token(tokenId: string, target: bigint | 'unlimited'): Promise<void> {
    const budget = target === 'unlimited' ? target : millipoints(target);
    await this.database.write((transaction) => this.books.openTokenBudget(transaction, tokenId, budget));
  }

  verify(): Promise<LedgerReport> {
    return verifyLedger(this.database, new RowMac(macKey));
  }

  /** Ends the test: the books must be in order, whatever happened. */
  async close(): Promise<void> {
    for (const writer of this.#writers) await writer.close();
    const { differences } = await this.verify();
    await this.opened.close();
    expect(differences).toEqual([]);
  }

  /** For tests that spoil the books on purpose. */
  async abandon(): Promise<void> {
    for (const writer of this.#writers) await writer.close();
    await this.opened.close();
  }
}

export function holdOf(amount: bigint, more: Partial<HoldRequest> = {}): HoldRequest {
  return { holdId: newId(), ownerKind: 'call', ownerId: newId(), userId: 'u', amount: millipoints(amount), rate: testRate, ...more };
}

export function settlementOf(hold: HoldRequest, actual: bigint, more: Partial<Settlement['record']> = {}): Settlement {
  return {
    holdId: hold.holdId,
    actual: millipoints(actual),
    record: {
      id: hold.holdId,
      requestId: hold.ownerId,
      createdAt: Date.now(),
      userId: hold.userId,
      ...(hold.tokenId === undefined ? {} : { tokenId: hold.tokenId }),
      model: 'm',
      dialect: 'some-dialect',
      stream: true,
      outcome: 'ok',
      ending: 'complete',
      policy: 'upstream-actual',
      usage: { ...emptyUsage(), inputText: 12, outputText: 34 },
      estimated: false,
      suspicious: false,
      rate: testRate,
      extensions: 0,
      attempts: [{ channelId: 'c', startedMs: 1, durationMs: 5 }],
      firstByteMs: 3,
      totalMs: 9,
      overheadUs: 400,
      ...more,
    },
  };
}
