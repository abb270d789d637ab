import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './faults/checks.js';

/** What one proof comes to on one database. */
export interface ProofResult {
  readonly proof: string;
  readonly database: string;
  /** Seeds that were played, or rows, or minutes: `of` says what. */
  readonly tries: number;
  readonly of: string;
  /** Faults that came about, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly invariants: { readonly checked: number; readonly violated: number };
  /** Further figures, in words. */
  readonly figures?: Readonly<Record<string, string>>;
  /** Each violation with the command that repeats it; at most the first of them. */
  readonly violations: readonly string[];
}

const violationsMax = 20;
const progressEveryMs = 10_000;

/** Counts while a proof runs, says how far it is, and leaves the result for `npm run prove` to gather. */
export class ProofRecord {
  readonly #proof: string;
  readonly #database: string;
  readonly #of: string;
  readonly #startedAt = Date.now();
  readonly #faults = new Map<string, number>();
  readonly #figures: Record<string, string> = {};
  readonly #violations: string[] = [];
  #tries = 0;
  #checked = 0;
  #violated = 0;
  #saidAt = 0;

  constructor(proof: string, database: string, of: string) {
    this.#proof = proof;
    this.#database = database;
    this.#of = of;
  }

  fault(kind: string): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
  }

  figure(name: string, value: string): void {
    this.#figures[name] = value;
  }

  tried(count: number, { checked, violated }: Finding, again: string): void {
    this.#tries += count;
    this.#checked += checked;
    this.#violated += violated.length;
    for (const violation of violated) this.#keep(`${violation} · ${again}`);
  }

  sayProgress(all: number): void {
    if (Date.now() - this.#saidAt < progressEveryMs && this.#tries < all) return;
    this.#saidAt = Date.now();
    // What is broken off has come so far all the same.
    this.#write();
    const seconds = Math.round((Date.now() - this.#startedAt) / 1_000);
    process.stderr.write(
      `${this.#proof} on ${this.#database}: ${this.#tries} of ${all} ${this.#of}, ${this.#violated} violated, ${seconds} s\n`,
    );
  }

  /** Writes the result and returns its violations. */
  end(): readonly string[] {
    this.#write();
    return this.#violations;
  }

  #write(): void {
    const folder = process.env['TOLLGATE_PROVE_RESULTS'];
    if (folder === undefined) return;
    const result: ProofResult & { readonly seconds: number } = {
      proof: this.#proof,
      database: this.#database,
      tries: this.#tries,
      of: this.#of,
      faults: Object.fromEntries([...this.#faults].toSorted(([one], [other]) => one.localeCompare(other))),
      invariants: { checked: this.#checked, violated: this.#violated },
      figures: this.#figures,
      violations: this.#violations,
      seconds: Math.round((Date.now() - this.#startedAt) / 1_000),
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${this.#proof}-${this.#database}.json`), JSON.stringify(result));
  }

  #keep(violation: string): void {
    if (this.#violations.length < violationsMax) this.#violations.push(violation);
    process.stderr.write(`VIOLATED ${violation}\n`);
  }
}
