import { Client } from 'pg';
import { StorageUnavailableError } from '../../foundation/errors.js';
import type { FaultSeam } from '../../foundation/fault-points.js';
import { RowMac } from '../../foundation/row-mac.js';
import { asStorageFailure } from '../../storage/storage-failure.js';
import { type UsageHourRow, usageHourKeys, usageHourSums } from '../usage/index.js';
import type { Durability, LedgerExecutor, LedgerOperation, LedgerOutcome } from './ledger-operation.js';
import {
  type AccountRow,
  type BudgetRow,
  type ClaimRow,
  claimValues,
  type HoldRow,
  type ClosedHoldRow,
  type CounterRow,
  rowToAccount,
  rowToBudget,
  rowToClaim,
  rowToClosedHold,
  rowToCounter,
  rowToHold,
  transferMac,
  usageMac,
  writtenClaimColumns,
} from './ledger-rows.js';
import {
  type ClosedHold,
  fundingText,
  type LedgerChanges,
  type LedgerState,
  needsOf,
  receiptsSought,
  type SoughtReceipt,
} from './ledger-state.js';
import { type ClaimRowState, claimsNeeded } from './key-claims.js';
import { planBatch } from './plan-batch.js';
import { capsText, countersNeeded, type CounterState, type HoldCap } from './spend-counters.js';
import { type NamedStatement, postgresLedgerSession, postgresLedgerStatements as statements } from './postgres-ledger-statements-store.js';

export interface PostgresLedgerOptions {
  readonly databaseUrl: string;
  readonly macKey: Uint8Array;
  readonly durability: Durability;
  readonly faults?: FaultSeam | undefined;
}

/** A statement that takes longer has lost its server. */
const statementTimeoutMs = 15_000;
const connectTimeoutMs = 5_000;

const synchronousCommitOf: Readonly<Record<Durability, string>> = { power: 'on', process: 'off' };

/**
 * The ledger on PostgreSQL, on a connection of its own. A batch is one transaction in two trips: begin and locking reads, then all writes and
 * the commit, each trip pipelined. A connection that failed is thrown away; the next batch opens another.
 */
export class PostgresLedgerStore implements LedgerExecutor {
  readonly #options: PostgresLedgerOptions;
  readonly #mac: RowMac;
  readonly #faults: FaultSeam | undefined;
  #durability: Durability;
  #client: Promise<Client> | undefined;

  constructor(options: PostgresLedgerOptions) {
    this.#options = options;
    this.#durability = options.durability;
    this.#faults = options.faults;
    this.#mac = new RowMac(options.macKey);
  }

  async execute(operations: readonly LedgerOperation[]): Promise<readonly LedgerOutcome[]> {
    const client = await this.#connected();
    try {
      const state = await this.#load(client, operations);
      const { outcomes, changes } = planBatch(operations, state);
      await this.#write(client, changes);
      return outcomes;
    } catch (error) {
      throw await this.#undone(client, error);
    }
  }

  setDurability(durability: Durability): void {
    this.#durability = durability;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.then(
      (connected) => connected.end(),
      () => undefined,
    );
  }

  /** Locks in one order everywhere: holds, accounts, budgets, counters, claims, each by id. */
  async #load(client: Client, operations: readonly LedgerOperation[]): Promise<LedgerState> {
    const { holdIds, userIds, tokenIds, caps, claimIds } = needsOf(operations);
    if (this.#faults !== undefined) await this.#faults('postgres-reading');
    const [, holds, accounts, budgets] = await together([
      client.query(`begin; set local synchronous_commit = ${synchronousCommitOf[this.#durability]}`),
      client.query<HoldRow>({ ...statements.holds, values: [holdIds] }),
      client.query<AccountRow>({ ...statements.accounts, values: [userIds, holdIds] }),
      client.query<BudgetRow>({ ...statements.budgets, values: [tokenIds, holdIds] }),
    ]);
    const known = holds.rows.map(rowToHold);
    const named = [...caps, ...known.flatMap((hold) => hold.caps)];
    const claimed = claimsNeeded(claimIds, known);
    return {
      holds: known,
      accounts: accounts.rows.map(rowToAccount),
      budgets: budgets.rows.map(rowToBudget),
      counters: named.length === 0 ? [] : await this.#loadCounters(client, named),
      claims: claimed.length === 0 ? [] : await this.#loadClaims(client, claimed),
      closed: await this.#loadClosed(client, receiptsSought(operations, known)),
    };
  }

  /** A trip of its own, for batches with caps alone. A new period's counter is made first, so that all nodes wait for one row. */
  async #loadCounters(client: Client, caps: readonly HoldCap[]): Promise<readonly CounterState[]> {
    const needed = countersNeeded(caps);
    const ids = needed.map(({ id }) => id);
    if (this.#faults !== undefined) await this.#faults('postgres-counters');
    const [, counters] = await together([
      client.query({ ...statements.openCounters, values: [ids, needed.map(({ endsAt }) => endsAt)] }),
      client.query<CounterRow>({ ...statements.counters, values: [ids] }),
    ]);
    return counters.rows.map(rowToCounter);
  }

  /**
   * Another trip, for batches with idempotency keys alone. A claim that is not there yet needs no lock: whoever else wants it is of the same
   * token, so of the same user, whose accounts are locked already.
   */
  async #loadClaims(client: Client, ids: readonly string[]): Promise<readonly ClaimRowState[]> {
    if (this.#faults !== undefined) await this.#faults('postgres-claims');
    const { rows } = await client.query<ClaimRow>({ ...statements.claims, values: [ids] });
    return rows.map(rowToClaim);
  }

  /** Another trip, only where an acknowledgement may have been lost. */
  async #loadClosed(client: Client, sought: readonly SoughtReceipt[]): Promise<readonly ClosedHold[]> {
    if (sought.length === 0) return [];
    const keys = [sought.map(({ since }) => since), sought.map(({ id }) => id)];
    if (this.#faults !== undefined) await this.#faults('postgres-receipts');
    const { rows } = await client.query<ClosedHoldRow>({ ...statements.closedHolds, values: keys });
    return rows.map(rowToClosedHold);
  }

  async #write(client: Client, changes: LedgerChanges): Promise<void> {
    const writes = rowsOf(changes, this.#mac).filter(({ rows }) => rows.length > 0);
    if (this.#faults !== undefined) await this.#faults('postgres-writing');
    const results = await together([
      ...writes.map(({ statement, rows }) => client.query({ ...statement, values: [JSON.stringify(rows, bigintAsText)] })),
      client.query('commit'),
    ]);
    if (results.at(-1)?.command !== 'COMMIT') throw new Error('PostgreSQL rolled the batch back without saying why.');
  }

  /** After this the connection is usable or gone. A failure of the connection leaves open whether the batch was written. */
  async #undone(client: Client, error: unknown): Promise<unknown> {
    const failure = asStorageFailure(error);
    if (failure instanceof StorageUnavailableError) {
      this.#drop(client);
      return failure;
    }
    try {
      if (this.#faults !== undefined) await this.#faults('postgres-rollback');
      await client.query('rollback');
    } catch {
      this.#drop(client);
    }
    return failure;
  }

  #drop(client: Client): void {
    this.#client = undefined;
    client.end().catch(() => undefined);
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async #connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.#options.databaseUrl,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs,
      application_name: 'tollgate ledger',
      keepAlive: true,
      pipeline: true,
    });
    // A connection that breaks while it is idle: the next batch finds out and opens another.
    client.on('error', () => this.#drop(client));
    try {
      if (this.#faults !== undefined) await this.#faults('postgres-connection');
      await client.connect();
      if (this.#faults !== undefined) await this.#faults('postgres-session');
      await client.query(postgresLedgerSession);
      return client;
    } catch (error) {
      this.#client = undefined;
      throw asStorageFailure(error);
    }
  }
}

interface StatementRows {
  readonly statement: NamedStatement;
  readonly rows: readonly object[];
}

function rowsOf(changes: LedgerChanges, mac: RowMac): readonly StatementRows[] {
  return [
    { statement: statements.changeAccounts, rows: changes.accounts },
    { statement: statements.changeBudgets, rows: changes.budgets.map(({ tokenId, ...change }) => ({ token_id: tokenId, ...change })) },
    { statement: statements.changeCounters, rows: changes.counters },
    { statement: statements.freeClaims, rows: changes.freedClaims.map((id) => ({ id })) },
    { statement: statements.writeClaims, rows: changes.claims.map(claimColumnsOf) },
    {
      statement: statements.openHolds,
      rows: changes.opened.map((hold) => ({
        id: hold.id,
        owner_kind: hold.ownerKind,
        owner_id: hold.ownerId,
        user_id: hold.userId,
        token_id: hold.tokenId,
        node_id: hold.nodeId,
        amount: hold.amount,
        funding: fundingText(hold.funding),
        rate: hold.rate,
        caps: capsText(hold.caps),
        claim_id: hold.claimId,
        created_at: hold.createdAt,
      })),
    },
    {
      statement: statements.extendHolds,
      rows: changes.extended.map(({ id, amount, funding, lastExtension }) => ({
        id,
        amount,
        funding: fundingText(funding),
        last_extension: lastExtension,
      })),
    },
    { statement: statements.closeHolds, rows: changes.closed.map((id) => ({ id })) },
    { statement: statements.insertTransfers, rows: changes.transfers.map((row) => ({ ...row, mac: transferMac(mac, row) })) },
    { statement: statements.insertRecords, rows: changes.receipts.map((row) => ({ ...row, mac: usageMac(mac, row) })) },
    { statement: statements.addToHours, rows: changes.hours.map(hourColumns) },
  ];
}

function claimColumnsOf(claim: ClaimRowState): object {
  return Object.fromEntries(claimValues(claim).map((value, index) => [writtenClaimColumns[index] ?? '', value]));
}

function hourColumns({ key, sums }: UsageHourRow): object {
  const columns = [...usageHourKeys, ...usageHourSums];
  return Object.fromEntries([...key, ...sums].map((value, index) => [columns[index] ?? '', value]));
}

/** Waits for all of a pipelined trip, so that none is left behind on the connection, then throws the first failure: later ones follow from it. */
async function together<Results extends readonly unknown[]>(
  queries: {
    readonly [Index in keyof Results]: Promise<Results[Index]>;
  },
): Promise<Results> {
  const settled = await Promise.allSettled(queries as readonly Promise<unknown>[]);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as Results;
}

function bigintAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
