import type { Knex } from 'knex';
import type { Database, Transaction } from '../../storage/database.js';
import { databaseNow } from '../../storage/database-clock.js';
import {
  type ChannelPart,
  type CircuitKind,
  type CircuitName,
  circuitNameOf,
  type CircuitState,
  type ShutReason,
} from './circuit-record.js';

/** A row of `circuits`, with times that are told from the database's present: clocks of nodes may differ. */
export interface StoredCircuit extends CircuitName {
  readonly state: 'open' | 'disabled';
  readonly reason: ShutReason;
  readonly sinceAgoMs: number;
  /** Absent where it stays so until somebody changes it. */
  readonly remainingMs?: number;
  readonly failures: number;
  readonly trips: number;
  readonly lastCode?: string;
  /** Revision of the write that it is from. */
  readonly version: number;
}

/** How a node has a circuit. */
export interface CircuitWish {
  readonly name: CircuitName;
  /** Undefined: closed. */
  readonly shut: Omit<StoredCircuit, 'version'> | undefined;
  /** Set where a person or a test has decided: holds against whatever is stored. */
  readonly isDecided: boolean;
}

/** What became of a wish. */
export interface CircuitWrite {
  /** False where what is stored says more, or where the place is gone. */
  readonly isGranted: boolean;
  /** Set where this write has changed the state. */
  readonly change?: { readonly from: CircuitState; readonly to: CircuitState };
  /** How the circuit is stored now; undefined: closed. */
  readonly stored: StoredCircuit | undefined;
}

interface CircuitRow {
  readonly channel_id: string;
  readonly kind: string;
  readonly subject: string;
  readonly state: string;
  readonly reason: string;
  readonly since: number | bigint;
  readonly until: number | bigint | null;
  readonly failures: number | bigint;
  readonly trips: number | bigint;
  readonly last_code: string | null;
  readonly version: number | bigint;
}

type ReadRow = CircuitRow & { readonly read_at: number | bigint };

/** What is over in a moment counts as over: the clocks that end it are not the database's. */
const overWithinMs = 1_000;

/** Raised by every write, so that a node that sees an unchanged number knows that nothing changed. */
export async function readHealthRevision(knex: Knex): Promise<number> {
  const row = await knex<{ revision: bigint | number }>('circuit_revision').first('revision');
  return Number(row?.revision ?? 0);
}

export async function readCircuits({ knex, kind }: Database): Promise<readonly StoredCircuit[]> {
  return (await rowsOf(knex, kind)).map(rowToCircuit);
}

/** Without what is over: for processes that serve nobody, and so do not know the circuits. @throws StorageUnavailableError */
export async function readShut(database: Database): Promise<readonly StoredCircuit[]> {
  return (await readCircuits(database)).filter(({ remainingMs }) => remainingMs === undefined || remainingMs > 0);
}

/** Brings what a node has found out into the table, each unless what is stored says more. Writers come one after the other. */
export async function writeCircuits(
  transaction: Transaction,
  kind: Database['kind'],
  wishes: readonly CircuitWish[],
): Promise<readonly CircuitWrite[]> {
  const version = await raiseRevision(transaction);
  const channelIds = [...new Set(wishes.map(({ name }) => name.channelId))];
  const known = await knownPlaces(transaction, channelIds);
  const rows = await rowsOf(transaction, kind, channelIds);
  const stored = new Map(rows.map((row) => [idOf(nameOf(row)), rowToCircuit(row)]));
  const writes: CircuitWrite[] = [];
  for (const wish of wishes) {
    const write = isKnown(known, wish.name)
      ? await writeOne(transaction, kind, wish, stored.get(idOf(wish.name)), version)
      : { isGranted: false, stored: undefined };
    if (write.stored === undefined) stored.delete(idOf(wish.name));
    else stored.set(idOf(wish.name), write.stored);
    writes.push(write);
  }
  return writes;
}

async function writeOne(
  transaction: Transaction,
  kind: Database['kind'],
  { name, shut, isDecided }: CircuitWish,
  stored: StoredCircuit | undefined,
  version: number,
): Promise<CircuitWrite> {
  const from = stored?.state ?? 'closed';
  if (!isDecided && stored !== undefined && saysMore(stored, shut)) return { isGranted: false, stored };
  if (shut === undefined) {
    if (stored === undefined) return { isGranted: true, stored };
    await rowFor(transaction, name).delete();
    return { isGranted: true, change: { from, to: 'closed' }, stored: undefined };
  }
  const row = circuitToRow(transaction, kind, shut, version);
  if (stored === undefined) await transaction('circuits').insert(row);
  else await rowFor(transaction, name).update({ ...row, claimed_by: null, claim_until: null });
  return { isGranted: true, ...(from === shut.state ? {} : { change: { from, to: shut.state } }), stored: { ...shut, version } };
}

/**
 * What was disabled stays so until it is over or somebody decides, and what a person has disabled needs no other reason. Of two cool-downs the
 * longer counts: a node that closes one, or begins the next, has seen it end.
 */
function saysMore(stored: StoredCircuit, shut: CircuitWish['shut']): boolean {
  const remainingMs = stored.remainingMs ?? Number.POSITIVE_INFINITY;
  if (remainingMs <= overWithinMs) return false;
  if (stored.state === 'disabled') return shut?.state !== 'disabled' || stored.reason === 'person';
  return shut === undefined || (shut.state === 'open' && (shut.remainingMs ?? 0) <= remainingMs);
}

/** True if this node may make the one try, until the time given is over. A claim that is over can be taken. */
export async function claimProbe(database: Database, name: CircuitName, nodeId: string, claimMs: number): Promise<boolean> {
  const now = databaseNow(database.kind);
  const claimed = await database.write((transaction) =>
    rowFor(transaction, name)
      .where('state', 'open')
      .whereRaw(`until <= ${now} + ${overWithinMs} and (claim_until is null or claim_until < ${now} or claimed_by = ?)`, [nodeId])
      .update({ claimed_by: nodeId, claim_until: transaction.raw(`${now} + ${Math.round(claimMs)}`) }),
  );
  return claimed === 1;
}

/**
 * Forgets what is known against a channel, or a part of it: to be called in the transaction that changes what was the matter.
 */
export async function resetHealth(transaction: Transaction, channelId: string, part?: ChannelPart): Promise<void> {
  const rows = transaction<CircuitRow>('circuits').where('channel_id', channelId);
  if (part !== undefined) {
    const { kind, subject } = circuitNameOf(channelId, part);
    void rows.where({ kind, subject });
  }
  if ((await rows.clone().first('channel_id')) === undefined) return;
  await raiseRevision(transaction);
  await rows.delete();
}

/** Forgets keys and models that the channel no longer has. */
export async function keepHealthOf(
  transaction: Transaction,
  channelId: string,
  kept: { readonly keyIds: readonly string[]; readonly models: readonly string[] },
): Promise<void> {
  const rows = await transaction<CircuitRow>('circuits').where('channel_id', channelId).select('channel_id', 'kind', 'subject');
  const keyIds = new Set(kept.keyIds.length === 0 ? [channelId] : kept.keyIds);
  const models = new Set(kept.models);
  const gone = rows.map(nameOf).filter(({ kind, subject }) => isGone(kind, subject, keyIds, models));
  if (gone.length === 0) return;
  await raiseRevision(transaction);
  for (const name of gone) await rowFor(transaction, name).delete();
}

function isGone(kind: CircuitKind, subject: string, keyIds: ReadonlySet<string>, models: ReadonlySet<string>): boolean {
  if (kind === 'key') return !keyIds.has(subject);
  return kind === 'model' && !models.has(subject);
}

async function raiseRevision(transaction: Transaction): Promise<number> {
  await transaction('circuit_revision').increment('revision', 1);
  return readHealthRevision(transaction);
}

async function rowsOf(knex: Knex, kind: Database['kind'], channelIds?: readonly string[]): Promise<readonly ReadRow[]> {
  const rows = knex<CircuitRow>('circuits').select(
    'channel_id',
    'kind',
    'subject',
    'state',
    'reason',
    'since',
    'until',
    'failures',
    'trips',
    'last_code',
    'version',
    knex.raw(`${databaseNow(kind)} as read_at`),
  );
  if (channelIds !== undefined) void rows.whereIn('channel_id', [...channelIds]);
  return (await rows) as unknown as readonly ReadRow[];
}

/** Ids of the channels and keys that there are still; they stay for as long as the transaction lasts. */
async function knownPlaces(transaction: Transaction, channelIds: readonly string[]): Promise<ReadonlySet<string>> {
  const channels: readonly { id: string }[] = await transaction('channels')
    .whereIn('id', [...channelIds])
    .forKeyShare()
    .select('id');
  const keys: readonly { id: string }[] = await transaction('channel_keys')
    .whereIn('channel_id', [...channelIds])
    .select('id');
  return new Set([...channels, ...keys].map(({ id }) => id));
}

function isKnown(known: ReadonlySet<string>, { channelId, kind, subject }: CircuitName): boolean {
  return known.has(channelId) && (kind !== 'key' || known.has(subject));
}

function rowFor(transaction: Transaction, { channelId, kind, subject }: CircuitName): Knex.QueryBuilder {
  return transaction('circuits').where({ channel_id: channelId, kind, subject });
}

function idOf({ channelId, kind, subject }: CircuitName): string {
  return `${channelId} ${kind} ${subject}`;
}

function nameOf(row: Pick<CircuitRow, 'channel_id' | 'kind' | 'subject'>): CircuitName {
  return { channelId: row.channel_id, kind: row.kind as CircuitKind, subject: row.subject };
}

function rowToCircuit(row: ReadRow): StoredCircuit {
  const readAt = Number(row.read_at);
  return {
    ...nameOf(row),
    state: row.state as StoredCircuit['state'],
    reason: row.reason as ShutReason,
    sinceAgoMs: readAt - Number(row.since),
    ...(row.until === null ? {} : { remainingMs: Number(row.until) - readAt }),
    failures: Number(row.failures),
    trips: Number(row.trips),
    ...(row.last_code === null ? {} : { lastCode: row.last_code }),
    version: Number(row.version),
  };
}

function circuitToRow(transaction: Transaction, kind: Database['kind'], circuit: Omit<StoredCircuit, 'version'>, version: number) {
  const inMs = (delayMs: number): Knex.Raw => transaction.raw(`${databaseNow(kind)} + ${Math.round(delayMs)}`);
  return {
    channel_id: circuit.channelId,
    kind: circuit.kind,
    subject: circuit.subject,
    state: circuit.state,
    reason: circuit.reason,
    since: inMs(-circuit.sinceAgoMs),
    until: circuit.remainingMs === undefined ? null : inMs(circuit.remainingMs),
    failures: circuit.failures,
    trips: circuit.trips,
    last_code: circuit.lastCode ?? null,
    version,
  };
}
