import type { Migration } from '../migrate.js';

/**
 * Money, receipts, nodes and jobs. Amounts are millipoints, times milliseconds since 1970. The checks are the last line of defence: the
 * ledger plans under locks and never relies on them.
 */
export const ledgerMigration: Migration = {
  name: '0001-ledger',
  async up(transaction, kind) {
    for (const statement of statements) {
      const sql = typeof statement === 'string' ? statement : `${statement.keyed} ${kind === 'sqlite' ? 'without rowid' : ''}`;
      await transaction.raw(sql);
    }
  },
};

/** `keyed`: SQLite keeps a second tree for rows that are found by text, unless it is told to keep the rows in the tree of their key. */
const statements: readonly (string | { readonly keyed: string })[] = [
  {
    keyed: `create table accounts (
    id text primary key,
    owner_user_id text not null,
    kind text not null,
    balance bigint not null default 0,
    held bigint not null default 0,
    created_at bigint not null,
    check (balance >= 0),
    check (held >= 0 and held <= balance)
  )`,
  },
  `create index accounts_by_owner on accounts (owner_user_id)`,
  {
    keyed: `create table transfers (
    kind text not null,
    reference text not null,
    leg integer not null,
    debit_account text not null,
    credit_account text not null,
    amount bigint not null,
    at bigint not null,
    reason text,
    mac text not null,
    primary key (kind, reference, leg),
    check (amount > 0),
    check (debit_account <> credit_account)
  )`,
  },
  {
    keyed: `create table holds (
    id text primary key,
    owner_kind text not null,
    owner_id text not null,
    user_id text not null,
    token_id text,
    node_id text not null,
    amount bigint not null,
    funding text not null,
    rate text not null,
    caps text,
    last_extension text,
    created_at bigint not null,
    check (amount >= 0)
  )`,
  },
  {
    keyed: `create table token_budgets (
    token_id text primary key,
    granted bigint,
    spent bigint not null default 0,
    held bigint not null default 0,
    applied_target bigint,
    mac text not null,
    check (granted is null or granted >= 0),
    check (spent >= 0),
    check (held >= 0)
  )`,
  },
  {
    keyed: `create table spend_counters (
    id text primary key,
    ends_at bigint not null,
    spent bigint not null default 0,
    held bigint not null default 0,
    check (spent >= 0),
    check (held >= 0)
  )`,
  },
  `create index spend_counters_by_end on spend_counters (ends_at)`,
  `create table usage_records (
    id text not null,
    created_at bigint not null,
    request_id text not null,
    user_id text not null,
    token_id text,
    token_name text,
    channel_id text,
    provider text,
    model text not null,
    upstream_model text,
    dialect text not null,
    upstream_dialect text,
    stream integer not null,
    outcome text not null,
    ending text not null,
    policy text not null,
    fallback text,
    usage text not null,
    estimated integer not null,
    suspicious integer not null,
    raw_usage text,
    rate text not null,
    exact_cost text,
    cost bigint not null,
    uncollected bigint not null,
    held bigint not null,
    held_at bigint not null,
    extensions integer not null,
    settled_at bigint not null,
    spend_windows text,
    attempts text not null,
    failure text,
    losses text,
    first_byte_ms integer,
    total_ms integer not null,
    overhead_us integer,
    mac text not null,
    primary key (created_at, id),
    check (cost >= 0),
    check (uncollected >= 0)
  )`,
  `create index usage_records_by_token on usage_records (token_id, created_at, id)`,
  `create index usage_records_by_request on usage_records (request_id)`,
  {
    keyed: `create table usage_hours (
    hour bigint not null,
    node_id text not null,
    user_id text not null,
    token_id text not null,
    model text not null,
    channel_id text not null,
    group_name text not null,
    calls bigint not null,
    failures bigint not null,
    input_text bigint not null,
    input_cache_read bigint not null,
    input_cache_write_5m bigint not null,
    input_cache_write_1h bigint not null,
    input_audio bigint not null,
    input_image bigint not null,
    input_server_tool bigint not null,
    output_text bigint not null,
    output_reasoning bigint not null,
    output_audio bigint not null,
    output_image bigint not null,
    web_searches bigint not null,
    web_fetches bigint not null,
    file_searches bigint not null,
    code_interpreter_sessions bigint not null,
    images bigint not null,
    media_seconds bigint not null,
    cost bigint not null,
    uncollected bigint not null,
    primary key (hour, node_id, user_id, token_id, model, channel_id, group_name)
  )`,
  },
  `create table nodes (
    id text primary key,
    started_at bigint not null,
    lease_expires_at bigint not null
  )`,
  `create table jobs (
    id text primary key,
    kind text not null,
    payload text not null,
    singleton text unique,
    run_at bigint not null,
    attempts integer not null default 0,
    lease_until bigint,
    last_failure text
  )`,
  `create index jobs_by_time on jobs (run_at)`,
];
