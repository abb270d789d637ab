import { RowMac, rowMacKey } from '../../../packages/core/src/foundation/row-mac.js';
import { verifyLedger } from '../../../packages/core/src/modules/ledger/index.js';
import { type Database, type DatabaseTarget, openDatabase } from '../../../packages/core/src/storage/database.js';
import { checkCall } from './call-checks.js';
import { type Circumstances, factsOf } from './call-facts.js';
import { Checks, type Finding } from './checks.js';
import type { CallCourse } from './fault-calls.js';
import { type WitnessedReceipt, type WitnessedRow, witnessedColumns, witnessedReceipt } from './receipt-row.js';

/** Looks at the books from outside, on a connection of its own that no fault touches. */
export class MoneyWitness {
  readonly #database: Database;
  readonly #mac: RowMac;
  #tokenNames: ReadonlyMap<string, string> = new Map();
  #lastReceipt = '';
  #balance: bigint | undefined;

  private constructor(database: Database, masterSecret: string) {
    this.#database = database;
    this.#mac = new RowMac(rowMacKey(masterSecret));
  }

  static async open(target: DatabaseTarget, masterSecret: string): Promise<MoneyWitness> {
    return new MoneyWitness(await openDatabase(target), masterSecret);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async openHolds(): Promise<number> {
    const row = await this.#database.knex('holds').count({ count: '*' }).first();
    return Number(row?.['count']);
  }

  /** Everything since the last look; to be called when all calls are over and no hold is open. */
  async look(calls: readonly CallCourse[], circumstances: Circumstances): Promise<Finding> {
    const checks = new Checks();
    const receipts = await this.#newReceipts();
    const { clean, differences } = await verifyLedger(this.#database, this.#mac);
    checks.that(clean, `verify-ledger found ${JSON.stringify(differences.slice(0, 5))}`);
    checks.that((await this.openHolds()) === 0, 'a hold is open');
    checks.that(new Set(receipts.map((receipt) => receipt.request_id)).size === receipts.length, 'a request has two receipts');
    await this.#checkBalance(receipts, checks);
    for (const call of calls)
      checkCall(
        factsOf(call, circumstances),
        receipts.filter((receipt) => this.#callerOf(receipt) === call.caller),
        checks,
      );
    return checks.finding();
  }

  #callerOf(receipt: WitnessedReceipt): string {
    return receipt.token_name ?? this.#tokenNames.get(receipt.token_id ?? '') ?? '';
  }

  async #newReceipts(): Promise<readonly WitnessedReceipt[]> {
    if (this.#tokenNames.size === 0) {
      const rows: { id: string; name: string }[] = await this.#database.knex('tokens').select('id', 'name');
      this.#tokenNames = new Map(rows.map(({ id, name }) => [id, name]));
    }
    const rows: WitnessedRow[] = await this.#database
      .knex('usage_records')
      .select(...witnessedColumns)
      .where('id', '>', this.#lastReceipt)
      .orderBy('id');
    this.#lastReceipt = rows.at(-1)?.id ?? this.#lastReceipt;
    return rows.map(witnessedReceipt);
  }

  async #checkBalance(receipts: readonly WitnessedReceipt[], checks: Checks): Promise<void> {
    const row = await this.#database.knex('accounts').where('kind', 'wallet').sum({ balance: 'balance' }).first();
    const balance = BigInt(String(row?.['balance']));
    const charged = receipts.reduce((sum, receipt) => sum + receipt.cost, 0n);
    if (this.#balance !== undefined)
      checks.that(this.#balance - balance === charged, `the balance fell by ${this.#balance - balance}, the receipts say ${charged}`);
    this.#balance = balance;
  }
}
