import { StorageUnavailableError } from '../../foundation/errors.js';
import type { Durability, LedgerOperation, LedgerOutcome } from './ledger-operation.js';

/** What crosses between the main thread and the ledger's. */
export interface LedgerWorkerData {
  readonly filename: string;
  readonly macKey: Uint8Array;
  readonly durability: Durability;
}

export type LedgerWorkerRequest =
  | { readonly type: 'execute'; readonly operations: readonly LedgerOperation[] }
  | { readonly type: 'durability'; readonly durability: Durability }
  | { readonly type: 'close' };

/** One reply for each `execute`, in order. */
export type LedgerWorkerReply = { readonly outcomes: readonly LedgerOutcome[] } | { readonly failure: FailureMessage };

/** An error as plain data: classes do not cross threads. */
export interface FailureMessage {
  readonly unavailable: boolean;
  readonly message: string;
  readonly stack: string | undefined;
}

export function failureMessageOf(error: unknown): FailureMessage {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { unavailable: error instanceof StorageUnavailableError, message, stack };
}

export function errorOf(failure: FailureMessage): Error {
  if (failure.unavailable) return new StorageUnavailableError(failure.message, { retryAfterMs: 1_000 });
  const error = new Error(failure.message);
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}
