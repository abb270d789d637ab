import { StorageUnavailableError } from '../foundation/errors.js';

/** Network failures, as Node names them, that mean "no database there right now". */
const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * SQLSTATE classes and codes (PostgreSQL manual, appendix A) that say nothing about the statement: connection (08), authorisation (28),
 * unknown database (3D), resources (53), operator intervention (57), system (58), read-only after a failover, deadlock, serialisation.
 */
const sqlStates = /^(?:08...|28...|3D000|53...|57...|58...|25006|40P01|40001)$/;

/** Result codes of SQLite (sqlite.org/rescode.html) that say the same. */
const sqliteCodes = /^SQLITE_(?:BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|CORRUPT|NOTADB|PROTOCOL)/;

/** How pg, knex and the pool word failures that have no code. */
const messages =
  /^Connection terminated|connection error and is not queryable|^Query read timeout$|^Defined query timeout|^timeout expired|Timeout acquiring a connection|Client was closed/;

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** The error as callers should see it: a {@link StorageUnavailableError} where the database is the trouble, else the error itself. */
export function asStorageFailure(error: unknown): unknown {
  if (error instanceof StorageUnavailableError) return error;
  const code = codeOf(error);
  const unavailable =
    networkCodes.has(code) || sqlStates.test(code) || sqliteCodes.test(code) || (error instanceof Error && messages.test(error.message));
  if (!unavailable) return error;
  return new StorageUnavailableError('The database cannot be reached right now. Try again in a moment.', {
    cause: error,
    retryAfterMs: 1_000,
  });
}

/** True if another process holds the lock of the SQLite file: trying again soon is all it takes. */
export function isLockedByAnother(error: unknown): boolean {
  return (
    codeOf(error).startsWith('SQLITE_BUSY') || (error instanceof StorageUnavailableError && codeOf(error.cause).startsWith('SQLITE_BUSY'))
  );
}

/** True if the row exists already. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}
