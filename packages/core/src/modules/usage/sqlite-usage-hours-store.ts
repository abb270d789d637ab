import type { Database as SqliteConnection, Statement } from 'better-sqlite3';
import { type UsageHourRow, usageHourSums, usageSeriesLabels } from './usage-hour.js';

/** Of so many rows the series is known without a look at the database; then all are sought anew. Some 250 bytes each. */
const rowsRemembered = 20_000;

/**
 * Adds to the hourly sums in the SQLite file, inside the transaction of whoever has the connection, which gives integers as bigint. Calls
 * spread over many channels touch a row each: the rows name their series by a number, so that they are short and lie close together.
 */
export class SqliteUsageHoursStore {
  readonly #findSeries: Statement<unknown[], { readonly id: bigint }>;
  readonly #openSeries: Statement;
  readonly #addToHour: Statement;
  /** By the name of the row. Their series are committed, or written by the open transaction. */
  readonly #seriesIds = new Map<string, bigint | number>();

  constructor(connection: SqliteConnection) {
    const marks = (columns: readonly string[]) => columns.map(() => '?').join(', ');
    this.#findSeries = connection.prepare(
      `select id from usage_series where ${usageSeriesLabels.map((label) => `${label} = ?`).join(' and ')}`,
    );
    this.#openSeries = connection.prepare(
      `insert into usage_series (${usageSeriesLabels.join(', ')}) values (${marks(usageSeriesLabels)})`,
    );
    this.#addToHour = connection.prepare(
      `insert into usage_hour_sums (hour, series_id, ${usageHourSums.join(', ')}) values (?, ?, ${marks(usageHourSums)})
      on conflict do update set ${usageHourSums.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`,
    );
  }

  add(row: UsageHourRow): void {
    this.#addToHour.run(row.key[0], this.#seriesIdOf(row), ...row.sums);
  }

  /** To be called when the transaction is rolled back: the series that it opened are gone. */
  forget(): void {
    this.#seriesIds.clear();
  }

  #seriesIdOf({ name, key }: UsageHourRow): bigint | number {
    const known = this.#seriesIds.get(name);
    if (known !== undefined) return known;
    const labels = key.slice(1);
    const id = this.#findSeries.get(...labels)?.id ?? this.#openSeries.run(...labels).lastInsertRowid;
    if (this.#seriesIds.size >= rowsRemembered) this.#seriesIds.clear();
    this.#seriesIds.set(name, id);
    return id;
  }
}
