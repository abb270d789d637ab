import { type Carrier, noCarrier, type Topic } from '../cluster/bus.js';
import { readRevision } from '../cluster/configuration-revision.js';
import { PostgresCarrier } from '../cluster/postgres-carrier.js';
import { RedisCarrier } from '../cluster/redis-carrier.js';
import { RedisConnection } from '../cluster/redis-connection.js';
import type { Environment } from '../environment.js';
import { createLogger, type Logger } from '../foundation/logger.js';
import { databaseMark } from '../modules/settings/index.js';
import type { Database } from '../storage/database.js';

/** A Redis that the nodes of one database share. */
export interface SharedRedis {
  readonly connection: RedisConnection;
  /** Begins every name there. */
  readonly prefix: string;
}

/** For so long a start waits for Redis, so that the first calls find it; then it goes on without. So does a command that has a hint. */
const redisWaitMs = 1_000;

/** Undefined where the environment names none. A Redis that is away is waited for in the background. @throws StorageUnavailableError */
export async function openRedis({ redisUrl }: Environment, database: Database, log: Logger): Promise<SharedRedis | undefined> {
  if (redisUrl === undefined) return undefined;
  const prefix = `tollgate:${await databaseMark(database)}:`;
  const connection = new RedisConnection({ url: redisUrl, onProblem: tellProblem(log) });
  await connection.isReadyWithin(redisWaitMs);
  return { connection, prefix };
}

/** Redis where there is one, else PostgreSQL. The only process of a SQLite file has nobody to tell. */
export function carrierOf(
  { databaseUrl, redisUrl }: Environment,
  { database, redis }: { readonly database: Database; readonly redis?: SharedRedis | undefined },
  log: Logger,
): Carrier {
  if (databaseUrl === undefined) return noCarrier;
  const onProblem = tellProblem(log);
  if (redis === undefined || redisUrl === undefined) return new PostgresCarrier({ database, databaseUrl, onProblem });
  return new RedisCarrier(redis.connection, redis.prefix, { url: redisUrl, onProblem });
}

/** Does the work of a process that is no node, and tells the nodes if it has changed their configuration. @throws what the work throws */
export async function hintingAfter<Result>(environment: Environment, database: Database, work: () => Promise<Result>): Promise<Result> {
  const before = await readRevision(database.knex);
  const result = await work();
  if (environment.databaseUrl !== undefined && (await readRevision(database.knex)) !== before)
    await hintOnce(environment, database, 'configuration').catch(() => undefined);
  return result;
}

/** Fails where the hint cannot be sent; the nodes then find out by themselves. */
async function hintOnce(environment: Environment, database: Database, topic: Topic): Promise<void> {
  const log = createLogger('silent');
  const redis = await openRedis(environment, database, log);
  try {
    await carrierOf(environment, { database, redis }, log).send(topic);
  } finally {
    redis?.connection.close();
  }
}

function tellProblem(log: Logger): (problem: Error) => void {
  return (problem) => log.warn({ err: problem }, problem.message);
}
