/** Fills a database without the gateway: copies of rows that the gateway itself has written, so that every column is as it writes them. */
import { createRequire } from 'node:module';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { root } from '../../scripts/workspace.mjs';

const Sqlite = createRequire(join(root, 'tests/package.json'))('better-sqlite3');

/** The key of the copy with this number. */
export function keyOfUser(key, user) {
  return `${key}-${user}`;
}

/** Copies the only user with its token, wallet and budget. Names and ids get the number of the copy. */
export function copyUsers(file, key, users) {
  within(file, (database) => {
    database.function('key_hash_of', (user) => hash('sha256', keyOfUser(key, user), 'base64url'));
    copyRows(database, 'users', users, { id: "id || '-' || n", username: "username || '-' || n" });
    copyRows(database, 'tokens', users, { id: "id || '-' || n", user_id: "user_id || '-' || n", key_hash: 'key_hash_of(n)' });
    copyRows(database, 'accounts', users, { id: "id || '-' || n", owner_user_id: "owner_user_id || '-' || n" });
    copyRows(database, 'token_budgets', users, { token_id: "token_id || '-' || n" });
  });
}

/** Records of ordinary size, over the time before now, spread over the users that there are. */
export function copyUsageRecords(file, records) {
  within(file, (database) => {
    const users = database.prepare('select count(*) from tokens').pluck().get() - 1;
    database.exec(
      "create temp table some_tokens as select row_number() over (order by id) - 1 as place, id, user_id from tokens where id like '%-%-%-%-%-%'",
    );
    const values = {
      id: "printf('01900000-0000-7000-8000-%012d', n)",
      created_at: `1700000000000 + n * 5`,
      request_id: "printf('req_%020d', n)",
      user_id: `(select user_id from some_tokens where place = n % ${users})`,
      token_id: `(select id from some_tokens where place = n % ${users})`,
      model: "'json'",
      dialect: "'openai-chat'",
      outcome: "'ok'",
      policy: "'upstream-usage'",
      usage: `'{"inputText":480,"outputText":250}'`,
      rate: `'{"model":"json","group":"default","groupRatio":"1","price":{"by":"tokens","modelRatio":"0.075"}}'`,
      attempts: `'[{"channelId":"01900000-0000-7000-8000-000000000000","durationMs":12}]'`,
      mac: "printf('%043d', n)",
    };
    const columns = database.pragma('table_info(usage_records)');
    const value = ({ name, notnull, type }) => values[name] ?? (notnull === 0 ? 'null' : /int/i.test(type) ? '1' : "''");
    const chosen = columns.map(value).join(', ');
    insertNumbered(
      database,
      `insert into usage_records (${columns.map(({ name }) => name).join(', ')}) select ${chosen} from numbers`,
      records,
    );
  });
}

function within(file, work) {
  const database = new Sqlite(file);
  database.pragma('synchronous = off');
  database.pragma('foreign_keys = off');
  try {
    work(database);
    database.pragma('wal_checkpoint(truncate)');
  } finally {
    database.close();
  }
}

function copyRows(database, table, count, changes) {
  const columns = database.pragma(`table_info(${table})`).map(({ name }) => name);
  const values = columns.map((name) => changes[name] ?? name);
  const first = `(select * from ${table} limit 1) as first`;
  insertNumbered(database, `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from numbers, ${first}`, count);
}

/** Runs the statement on numbers from 0, in transactions of a size that memory bears. */
function insertNumbered(database, insert, count) {
  const [target, source] = insert.split(' select ');
  const step = 250_000;
  const into = database.prepare(
    `${target} with recursive numbers (n) as (select ? union all select n + 1 from numbers where n + 1 < ?) select ${source}`,
  );
  for (let from = 0; from < count; from += step) into.run(from, Math.min(from + step, count));
}
