import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Logger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import type { Circuit } from './circuit.js';
import type { CircuitRecord, CircuitState } from './circuit-record.js';
import {
  type CircuitWish,
  type CircuitWrite,
  claimProbe,
  readCircuits,
  readHealthRevision,
  type StoredCircuit,
  writeCircuits,
} from './circuit-store.js';
import type { Circuits } from './circuits.js';

export interface SharedCircuitsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when this node has written something that the others should look at. */
  readonly onWritten: () => void;
}

/** Told of each change in the state of a circuit that this node has written. */
export type OnChange = (circuit: Circuit, from: CircuitState, to: CircuitState) => void;

const writtenTogether = 200;
const retryDelayMs = 1_000;
/** How long a claim holds that no call has used yet; this node stops using it a little earlier. */
const unusedClaimMs = 5_000;
const claimMarginMs = 1_000;

/**
 * Keeps circuits in the database, for other nodes and for the next start. Never in the way of a call: writes are made in the background, and
 * while the database is away the node goes by what it knows itself.
 */
export class SharedCircuits {
  readonly #options: SharedCircuitsOptions;
  readonly #nodeId = newId();
  /** Not written yet → whether a person or a test has decided. */
  readonly #pending = new Map<Circuit, boolean>();
  #written: ReadonlyMap<Circuit, boolean> = new Map();
  readonly #versions = new WeakMap<Circuit, number>();
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writes = 0;
  #isAway = false;
  #isClosed = false;

  readonly #onChange: OnChange;

  constructor(options: SharedCircuitsOptions, onChange: OnChange) {
    this.#options = options;
    this.#onChange = onChange;
  }

  changed(circuit: Circuit, isDecided = false): void {
    this.#pending.set(circuit, isDecided || this.#pending.get(circuit) === true);
    if (!this.#isAway && !this.#isClosed) void this.flush();
  }

  /** Resolves when everything is written, or the database is away. */
  flush(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** Takes over what is stored. @throws StorageUnavailableError */
  async reload(circuits: Circuits): Promise<void> {
    const { database, clock } = this.#options;
    for (;;) {
      const writes = this.#writes;
      const stored = await readCircuits(database);
      // What was read before a write must not undo it.
      if (writes !== this.#writes) continue;
      this.#adoptAll(circuits, stored, clock.now());
      this.#tellBack();
      if (this.#pending.size > 0) void this.flush();
      return;
    }
  }

  /** Finds out in the background whether this node may make the one try of a circuit that has cooled down. */
  claim(circuit: Circuit): void {
    const { database, clock } = this.#options;
    const askedAt = clock.now();
    circuit.askedForGrant(askedAt + claimMarginMs);
    if (database.kind === 'sqlite' || this.#isAway) {
      circuit.grant(Number.POSITIVE_INFINITY);
      return;
    }
    if (this.#pending.has(circuit) || this.#written.has(circuit)) return;
    void this.#claim(circuit, askedAt);
  }

  /** A call has begun the try: others keep off for as long as it may take. */
  prolongClaim(circuit: Circuit, claimMs: number): void {
    const { database } = this.#options;
    if (database.kind === 'sqlite' || this.#isAway) return;
    claimProbe(database, circuit, this.#nodeId, claimMs).catch((error: unknown) => this.#tellAway(error));
  }

  /** Writes what it can still write. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.flush();
    clearTimeout(this.#timer);
  }

  async #claim(circuit: Circuit, askedAt: number): Promise<void> {
    try {
      const isGranted = await claimProbe(this.#options.database, circuit, this.#nodeId, unusedClaimMs);
      if (isGranted) circuit.grant(askedAt + unusedClaimMs - claimMarginMs);
    } catch (error) {
      this.#tellAway(error);
      circuit.grant(this.#options.clock.now() + unusedClaimMs);
    }
  }

  async #writeAll(): Promise<void> {
    // What changes in the same turn is written together.
    await Promise.resolve();
    const { database, onWritten } = this.#options;
    if (this.#isAway && this.#pending.size === 0) await this.#lookAgain();
    while (this.#pending.size > 0) {
      const batch = [...this.#pending].slice(0, writtenTogether);
      for (const [circuit] of batch) this.#pending.delete(circuit);
      this.#written = new Map(batch);
      try {
        const wishes = batch.map(([circuit, isDecided]) => this.#wishOf(circuit, isDecided));
        const writes = await database.write((transaction) => writeCircuits(transaction, database.kind, wishes));
        this.#writes += 1;
        this.#tellBack();
        this.#takeOver(batch, writes);
        onWritten();
      } catch (error) {
        for (const [circuit, isDecided] of batch) this.#pending.set(circuit, isDecided || this.#pending.get(circuit) === true);
        this.#tellAway(error);
        this.#retryLater();
        return;
      } finally {
        this.#written = new Map();
      }
    }
  }

  async #lookAgain(): Promise<void> {
    try {
      await readHealthRevision(this.#options.database.knex);
      this.#tellBack();
    } catch {
      this.#retryLater();
    }
  }

  #takeOver(batch: readonly (readonly [Circuit, boolean])[], writes: readonly CircuitWrite[]): void {
    const now = this.#options.clock.now();
    for (const [index, { change, stored, isGranted }] of writes.entries()) {
      const circuit = batch[index]?.[0];
      if (circuit === undefined) continue;
      // What changed while it was being written is written once more.
      const isNewest = !this.#pending.has(circuit);
      if (isNewest && stored !== undefined) this.#versions.set(circuit, stored.version);
      if (isNewest && !isGranted) circuit.adopt(stored && recordOf(stored, now), now);
      if (change !== undefined) this.#onChange(circuit, change.from, change.to);
    }
  }

  #adoptAll(circuits: Circuits, stored: readonly StoredCircuit[], now: number): void {
    const known = new Set<Circuit>();
    for (const row of stored) {
      const circuit = circuits.obtain(row);
      known.add(circuit);
      if (this.isOwn(circuit) || (circuit.state !== 'closed' && this.#versions.get(circuit) === row.version)) continue;
      this.#versions.set(circuit, row.version);
      circuit.adopt(recordOf(row, now), now);
    }
    for (const circuit of circuits) if (!known.has(circuit) && !this.isOwn(circuit)) circuit.adopt(undefined, now);
  }

  /** True while this node knows something of it that is not stored yet. */
  isOwn(circuit: Circuit): boolean {
    return this.#pending.has(circuit) || this.#written.has(circuit);
  }

  #wishOf(circuit: Circuit, isDecided: boolean): CircuitWish {
    const now = this.#options.clock.now();
    const { record } = circuit;
    const { channelId, kind, subject } = circuit;
    return { name: { channelId, kind, subject }, shut: record && storedOf(record, now), isDecided };
  }

  #retryLater(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), retryDelayMs).unref();
  }

  #tellAway(error: unknown): void {
    if (!this.#isAway)
      this.#options.log.warn({ err: error }, 'The health of channels cannot be shared; this node goes by what it knows itself');
    this.#isAway = true;
    this.#retryLater();
  }

  #tellBack(): void {
    if (this.#isAway) this.#options.log.info({}, 'The health of channels is shared again');
    this.#isAway = false;
  }
}

function recordOf({ sinceAgoMs, remainingMs, version: _version, ...stored }: StoredCircuit, now: number): CircuitRecord {
  return { ...stored, since: now - sinceAgoMs, ...(remainingMs === undefined ? {} : { until: now + remainingMs }) };
}

function storedOf({ since, until, ...record }: CircuitRecord, now: number): Omit<StoredCircuit, 'version'> {
  return { ...record, sinceAgoMs: now - since, ...(until === undefined ? {} : { remainingMs: until - now }) };
}
