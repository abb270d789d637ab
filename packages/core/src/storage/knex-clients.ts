// Packages that take the core as source, by its export condition, find these declarations only through this line; they cannot be imported.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./knex-dialects.d.ts" />
import type { Database as SqliteConnection } from 'better-sqlite3';
import type { Knex } from 'knex';
import BetterSqliteClient from 'knex/lib/dialects/better-sqlite3/index.js';
import PostgresClientOfKnex from 'knex/lib/dialects/postgres/index.js';
import { asStorageFailure } from './storage-failure.js';

type ClientClass = typeof Knex.Client;

interface TransactionOfKnex {
  readonly readOnly?: boolean;
  begin(connection: SqliteConnection): Promise<void>;
}

/** Failures of the database become one error class here, below every store: a lost connection can never look like an empty answer. */
function withStorageFailures(Base: ClientClass): ClientClass {
  return class extends Base {
    override async acquireConnection(): Promise<unknown> {
      try {
        return await super.acquireConnection();
      } catch (error) {
        throw asStorageFailure(error);
      }
    }

    override async query(connection: unknown, query: unknown): Promise<unknown> {
      try {
        return await super.query(connection, query);
      } catch (error) {
        throw asStorageFailure(error);
      }
    }
  };
}

export const PostgresClient = withStorageFailures(PostgresClientOfKnex);

/** Takes the file's write lock when a transaction begins: a lock taken at the first write could fail half-way through. */
export class SqliteClient extends withStorageFailures(BetterSqliteClient) {
  override transaction(container: unknown, config: unknown, outer: unknown): Knex.Transaction {
    const transaction = super.transaction(container, config, outer) as Knex.Transaction & TransactionOfKnex;
    transaction.begin = async (connection) => {
      try {
        connection.exec(transaction.readOnly === true ? 'BEGIN' : 'BEGIN IMMEDIATE');
      } catch (error) {
        throw asStorageFailure(error);
      }
    };
    return transaction;
  }
}
