import type { DatabaseKind, Transaction } from '../database.js';
import type { Migration } from '../migrate.js';

/**
 * On SQLite, whose and what an hourly sum is about is written down once, as a series, and the sums name it by a number: rows are a quarter as
 * long, and a batch of calls that went to many channels writes a quarter of the pages. `usage_hours` is a view of both from now on. A node from
 * before cannot write to it, and stops. PostgreSQL writes the hours of a batch by one statement and keeps its table: there 0020 has stopped such
 * nodes already.
 */
export const usageSeriesMigration: Migration = {
  name: '0022-usage-series',
  async up(transaction: Transaction, kind: DatabaseKind) {
    if (kind === 'sqlite') for (const statement of statements) await transaction.raw(statement);
  },
};

const labels = 'node_id, user_id, token_id, model, channel_id, group_name';

const sums = [
  'calls',
  'failures',
  'input_text',
  'input_cache_read',
  'input_cache_write_5m',
  'input_cache_write_1h',
  'input_audio',
  'input_image',
  'input_server_tool',
  'output_text',
  'output_reasoning',
  'output_audio',
  'output_image',
  'web_searches',
  'web_fetches',
  'file_searches',
  'code_interpreter_sessions',
  'search_units',
  'images',
  'media_seconds',
  'cost',
  'uncollected',
];

const statements = [
  `create table usage_series (
    id integer primary key,
    node_id text not null,
    user_id text not null,
    token_id text not null,
    model text not null,
    channel_id text not null,
    group_name text not null,
    unique (user_id, node_id, token_id, model, channel_id, group_name)
  )`,
  `create table usage_hour_sums (
    hour bigint not null,
    series_id bigint not null references usage_series (id),
    ${sums.map((column) => `${column} bigint not null,`).join('\n    ')}
    primary key (hour, series_id)
  ) without rowid`,
  `insert into usage_series (${labels}) select distinct ${labels} from usage_hours`,
  `insert into usage_hour_sums (hour, series_id, ${sums.join(', ')})
    select hour, usage_series.id, ${sums.join(', ')} from usage_hours join usage_series using (${labels})`,
  'create index usage_hour_sums_by_series on usage_hour_sums (series_id, hour)',
  'create index usage_series_by_channel on usage_series (channel_id)',
  'drop table usage_hours',
  `create view usage_hours as
    select hour, ${labels}, ${sums.join(', ')} from usage_hour_sums join usage_series on usage_series.id = usage_hour_sums.series_id`,
];
