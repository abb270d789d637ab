import { RowMac, rowMacKey } from '../../../packages/core/src/foundation/row-mac.js';
import { verifyLedger } from '../../../packages/core/src/modules/ledger/index.js';
import { type Database, type DatabaseTarget, openDatabase } from '../../../packages/core/src/storage/database.js';
import type { CallCourse } from './fault-calls.js';
import { statedUsage } from './fault-upstream.js';

interface ReceiptRow {
  readonly id: string;
  readonly request_id: string;
  readonly token_name: string | null;
  readonly token_id: string | null;
  readonly outcome: string;
  readonly policy: string;
  readonly cost: bigint;
  readonly attempts: string;
}

/** What was found after a seed. */
export interface Finding {
  readonly checked: number;
  /** Each in words. */
  readonly violated: readonly string[];
}

export interface Circumstances {
  /** How many requests the upstream got for the call. */
  readonly requestsOf: (marker: string) => number;
  /** Whether a call may have been closed by a sweep: its process was killed, or its settlement refused. */
  readonly mayBeSwept: boolean;
}

/** What a whole answer of the upstream costs, in millipoints. */
const fullCost = BigInt(statedUsage.prompt_tokens + statedUsage.completion_tokens) * 1_000n;

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
        call,
        receipts.filter((receipt) => this.#callerOf(receipt) === call.caller),
        circumstances,
        checks,
      );
    return checks.finding();
  }

  #callerOf(receipt: ReceiptRow): string {
    return receipt.token_name ?? this.#tokenNames.get(receipt.token_id ?? '') ?? '';
  }

  async #newReceipts(): Promise<readonly ReceiptRow[]> {
    if (this.#tokenNames.size === 0) {
      const rows: { id: string; name: string }[] = await this.#database.knex('tokens').select('id', 'name');
      this.#tokenNames = new Map(rows.map(({ id, name }) => [id, name]));
    }
    const rows: ReceiptRow[] = await this.#database
      .knex('usage_records')
      .select('id', 'request_id', 'token_name', 'token_id', 'outcome', 'policy', 'cost', 'attempts')
      .where('id', '>', this.#lastReceipt)
      .orderBy('id');
    this.#lastReceipt = rows.at(-1)?.id ?? this.#lastReceipt;
    return rows;
  }

  async #checkBalance(receipts: readonly ReceiptRow[], checks: Checks): Promise<void> {
    const row = await this.#database.knex('accounts').where('kind', 'wallet').sum({ balance: 'balance' }).first();
    const balance = BigInt(String(row?.['balance']));
    const charged = receipts.reduce((sum, receipt) => sum + receipt.cost, 0n);
    if (this.#balance !== undefined)
      checks.that(this.#balance - balance === charged, `the balance fell by ${this.#balance - balance}, the receipts say ${charged}`);
    this.#balance = balance;
  }
}

function checkCall(call: CallCourse, receipts: readonly ReceiptRow[], { requestsOf, mayBeSwept }: Circumstances, checks: Checks): void {
  const { caller, kind } = call;
  const named = `${kind} of ${caller}`;
  const requests = requestsOf(call.marker);
  if (kind === 'keyed') {
    checkKeyed(call, receipts, requests, checks);
    return;
  }
  checks.that(receipts.length <= 1, `${named} has ${receipts.length} receipts`);
  const [receipt] = receipts;
  if (requests > 0) checks.that(receipt !== undefined, `${named} reached the upstream and has no receipt`);
  if (receipt === undefined) {
    checks.that(!call.complete, `${named} was answered and has no receipt`);
    return;
  }
  const swept = receipt.outcome === 'lost';
  // A hold whose caller was told no, because nobody knew whether it was written, is given back by a sweep, too.
  if (swept) checks.that(mayBeSwept || requests === 0, `${named} was swept (${receipt.policy}) though its process lived`);
  else checkAttempts(named, receipt, requests, checks);
  if (requests === 0) checks.that(receipt.cost === 0n, `${named} costs ${receipt.cost} and never reached the upstream`);
  if (!call.complete || swept) return;
  checks.that(receipt.outcome === 'ok', `${named} was answered whole, and its receipt says ${receipt.outcome}`);
  // What the upstream does not state is counted, or estimated.
  if (kind === 'unstated')
    checks.that(receipt.cost > 0n && receipt.cost < fullCost * 2n, `${named} was answered whole and costs ${receipt.cost}`);
  else checks.that(receipt.cost === fullCost, `${named} was answered whole and costs ${receipt.cost} instead of ${fullCost}`);
}

/** Each repetition that was made has a receipt, and one of them at most costs something. */
function checkKeyed({ caller, complete }: CallCourse, receipts: readonly ReceiptRow[], requests: number, checks: Checks): void {
  const named = `keyed of ${caller}`;
  const charged = receipts.filter((receipt) => receipt.cost > 0n);
  checks.that(charged.length <= 1, `${named} was charged ${charged.length} times`);
  checks.that(receipts.length >= requests, `${named} has ${requests} requests at the upstream and ${receipts.length} receipts`);
  if (complete && !receipts.some((receipt) => receipt.outcome === 'lost'))
    checks.that(charged[0]?.cost === fullCost, `${named} was answered whole and costs ${charged[0]?.cost} instead of ${fullCost}`);
}

function checkAttempts(named: string, receipt: ReceiptRow, requests: number, checks: Checks): void {
  const attempts = (JSON.parse(receipt.attempts) as readonly unknown[]).length;
  checks.that(attempts >= requests, `${named} has ${requests} requests at the upstream and ${attempts} attempts in its receipt`);
  checks.that(receipt.cost <= fullCost * 20n, `${named} costs ${receipt.cost}, which is beyond any answer of the upstream`);
}

class Checks {
  #checked = 0;
  readonly #violated: string[] = [];

  that(holds: boolean, otherwise: string): void {
    this.#checked += 1;
    if (!holds) this.#violated.push(otherwise);
  }

  finding(): Finding {
    return { checked: this.#checked, violated: this.#violated };
  }
}
