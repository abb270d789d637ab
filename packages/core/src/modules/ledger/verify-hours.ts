import type { Transaction } from '../../storage/database.js';
import { addSums, hourOf, usageHourKeys, UsageHours, usageHourSums, type UsageRecordRow } from '../usage/index.js';
import type { LedgerDifferences } from './ledger-differences.js';
import { hoursWithRollUps, rollUpsOf, type StoredHour } from './verify-ledger-store.js';

const nodePosition = usageHourKeys.indexOf('node_id');

/**
 * Compares the hourly roll-ups with the receipts of each hour, which come in the order of time: one hour is in memory at a time. Hours before
 * the first receipt are left out: their receipts were removed by age.
 */
export class HourVerification {
  readonly #transaction: Transaction;
  readonly #differences: LedgerDifferences;
  #hour: number | undefined;
  #fromRecords = new UsageHours();
  readonly #seen = new Set<number>();
  #first: number | undefined;
  #checked = 0;

  constructor(transaction: Transaction, differences: LedgerDifferences) {
    this.#transaction = transaction;
    this.#differences = differences;
  }

  /** How many rows of roll-ups were compared. */
  get checked(): number {
    return this.#checked;
  }

  /** Whether the record begins another hour: then `endHour` comes first. */
  begins(createdAt: number): boolean {
    return this.#hour !== undefined && hourOf(createdAt) !== this.#hour;
  }

  add(record: UsageRecordRow, group: string): void {
    this.#hour = hourOf(record.created_at);
    this.#first ??= this.#hour;
    this.#fromRecords.add(record, group, '');
  }

  async endHour(): Promise<void> {
    if (this.#hour === undefined) return;
    this.#seen.add(this.#hour);
    await this.#compare(this.#hour, this.#fromRecords);
    this.#fromRecords = new UsageHours();
    this.#hour = undefined;
  }

  /** After the last record: hours of which no receipt is left. */
  async end(): Promise<void> {
    await this.endHour();
    const first = this.#first;
    if (first === undefined) return;
    for (const hour of await hoursWithRollUps(this.#transaction))
      if (hour > first && !this.#seen.has(hour)) await this.#compare(hour, new UsageHours());
  }

  async #compare(hour: number, expected: UsageHours): Promise<void> {
    const found = new UsageHours();
    for (const stored of await rollUpsOf(this.#transaction, hour)) {
      this.#checked += 1;
      addSums(
        found.row(keyOf(stored)),
        usageHourSums.map((column) => BigInt(stored[column] ?? 0)),
      );
    }
    for (const { key, sums } of expected.rows()) this.#compareRow(key, sums, found.row(key).sums);
    for (const { key, sums } of found.rows()) {
      const counted = expected.row(key).sums;
      if (counted.every((sum) => sum === 0n)) this.#compareRow(key, counted, sums);
    }
  }

  #compareRow(key: readonly (string | number)[], expected: readonly bigint[], found: readonly bigint[]): void {
    const id = key.filter((_, position) => position !== nodePosition).join(' ');
    for (const [position, column] of usageHourSums.entries())
      this.#differences.compare('usage-hour', id, column, { expected: expected[position] ?? 0n, found: found[position] ?? 0n });
  }
}

/** Rows of all nodes together, as receipts do not tell them apart. */
function keyOf(stored: StoredHour): readonly (string | number)[] {
  return usageHourKeys.map((column) => {
    if (column === 'node_id') return '';
    return column === 'hour' ? Number(stored[column]) : String(stored[column]);
  });
}
