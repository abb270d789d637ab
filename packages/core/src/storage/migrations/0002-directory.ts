import { uuidv7 } from 'uuidv7';
import type { Migration } from '../migrate.js';
import { presetModel, presetPrices } from './preset-prices.js';

/** Settings, groups, models, users, tokens and channels. Lists and maps are JSON text: they are read as a whole, never searched. */
export const directoryMigration: Migration = {
  name: '0002-directory',
  async up(transaction) {
    for (const statement of statements) await transaction.raw(statement);
    await transaction('configuration_revision').insert({ id: 1, revision: 0 });
    await transaction('models').insert(presetPrices.map(presetModel));
    await transaction('groups').insert({ id: uuidv7(), name: 'default', ratio: null, created_at: Date.now() });
  },
};

const statements = [
  `create table settings (
    section text not null,
    key text not null,
    value text not null,
    primary key (section, key)
  )`,
  `create table configuration_revision (
    id integer primary key check (id = 1),
    revision bigint not null
  )`,
  `create table groups (
    id text primary key,
    name text not null unique,
    ratio text,
    ratios_by_user_group text,
    created_at bigint not null
  )`,
  `create table models (
    id text primary key,
    name text not null unique,
    price text,
    price_source text check (price_source in ('preset', 'synced', 'manual')),
    output_tokens_max integer,
    settlement text,
    enabled integer not null,
    created_at bigint not null
  )`,
  `create table users (
    id text primary key,
    username text not null unique,
    role text not null check (role in ('user', 'admin', 'root')),
    group_name text not null references groups (name),
    ratio text,
    spend_day_max bigint,
    spend_month_max bigint,
    enabled integer not null,
    created_at bigint not null
  )`,
  `create table credentials (
    user_id text primary key references users (id),
    password_hash text not null,
    updated_at bigint not null
  )`,
  `create table access_tokens (
    id text primary key,
    user_id text not null references users (id),
    name text not null,
    secret_hash text not null unique,
    created_at bigint not null,
    unique (user_id, name)
  )`,
  `create table tokens (
    id text primary key,
    user_id text not null references users (id),
    name text not null,
    key_hash text not null unique,
    key_prefix text not null,
    group_name text references groups (name),
    models text,
    allow_ips text,
    limits text,
    expires_at bigint,
    spend_day_max bigint,
    spend_month_max bigint,
    enabled integer not null,
    created_at bigint not null,
    unique (user_id, name)
  )`,
  `create table channels (
    id text primary key,
    name text not null unique,
    provider text not null,
    config text not null,
    secrets text not null,
    models text not null,
    model_mapping text not null,
    groups text not null,
    priority integer not null,
    weight integer not null,
    enabled integer not null,
    created_at bigint not null
  )`,
  `create table price_sync_runs (
    id text primary key,
    state text not null check (state in ('queued', 'running', 'done')),
    started_at bigint not null,
    finished_at bigint,
    sources_done integer not null,
    sources_total integer not null,
    reports text not null
  )`,
];
