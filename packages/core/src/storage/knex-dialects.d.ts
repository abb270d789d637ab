// knex ships its dialects as plain files without types; both are subclasses of the client class that its types describe.
declare module 'knex/lib/dialects/better-sqlite3/index.js' {
  import type { Knex } from 'knex';
  const BetterSqliteClient: typeof Knex.Client;
  export default BetterSqliteClient;
}

declare module 'knex/lib/dialects/postgres/index.js' {
  import type { Knex } from 'knex';
  const PostgresClient: typeof Knex.Client;
  export default PostgresClient;
}
