/**
 * Every wait of a paid call between its admission and its record, by name. At each of them the process may be killed, the database go away,
 * the caller leave; tests make that happen, one point after another. A wait on this way that has no name here fails a test.
 */
export const faultPoints = {
  'key-look-up': 'the key is looked up',
  'body-read': 'the body of the request is read',
  limits: 'the counters of limits that nodes share are asked',
  'idempotency-look-up': 'it is looked up what a key that the caller sent has come to',
  'request-hooks': 'plugins look at the request',
  'reference-look-up': 'the channel of what the request refers to is looked up',
  hold: 'the ledger is asked for a hold',
  attempts: 'the hold is durable, nothing is sent yet',
  'route-hooks': 'plugins look at the chosen channel',
  'channel-limits': 'the counters of the limits of a channel are asked',
  'attempt-pause': 'nothing of the call is at an upstream, and its next attempt is waited for',
  attempt: 'an attempt begins',
  'hedge-delay': 'an attempt begins that is given a second one if it takes long',
  'hedge-over': 'two attempts run at once, and both are waited for',
  'media-fetch': 'media are fetched that the request names by address',
  signature: 'the request to the upstream is signed',
  answer: 'the request leaves for the upstream, and its answer is waited for',
  drain: 'the client has left, and the rest of its answer is read',
  extension: 'a stream has outgrown its hold, and the ledger is asked for more',
  'attempt-over': 'an attempt is over',
  'token-count': 'the upstream has stated no usage, and tokens are counted',
  settlement: 'the answer is complete or broken off, and the ledger is asked to settle',
  'settlement-again': 'a settlement was not durable and is tried again',
  'settlement-refused': 'a settlement was refused, and the ledger is asked to sweep its hold',
  report: 'the settlement is durable and not yet reported',
  'batch-gathering': 'operations gather for a commit',
  'batch-execution': 'a batch leaves for the database',
  'batch-outcomes': 'a batch is durable, and nobody knows yet',
  'batch-bisection': 'a batch was refused, and is tried in halves',
  'batch-pause': 'the database is away, and the writer waits for it',
  'postgres-connection': 'a connection to PostgreSQL is opened',
  'postgres-session': 'a new session of PostgreSQL is set up',
  'postgres-reading': 'a transaction begins, and its rows are locked and read',
  'postgres-counters': 'the counters of spend caps are locked and read',
  'postgres-claims': 'claims of idempotency keys are locked and read',
  'postgres-receipts': 'receipts are read of holds that are closed already',
  'postgres-writing': 'the rows of a transaction are written and committed',
  'postgres-rollback': 'a transaction is rolled back',
} as const satisfies Readonly<Record<string, string>>;

export type FaultPoint = keyof typeof faultPoints;

/**
 * Called at a point before its wait, by a gateway that was given one; no gateway in service is. What it throws is thrown there; what it waits
 * for is waited for there.
 */
export type FaultSeam = (point: FaultPoint) => Promise<void> | void;
