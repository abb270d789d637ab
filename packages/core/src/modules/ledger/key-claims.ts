import { type ClaimEnd, claimKeptMs, type ClaimState, type SealedAnswer } from '../idempotency/index.js';
import type { HoldOperation } from './ledger-operation.js';

/** The claim of an idempotency key as its row has it. */
export interface ClaimRowState {
  readonly id: string;
  readonly tokenId: string;
  readonly fingerprint: string;
  readonly state: ClaimState;
  readonly holdId: string;
  readonly requestId: string;
  /** Written, never read here. */
  readonly answer: SealedAnswer | null;
  readonly createdAt: number;
  /** From then on the key is free again, unless its call still runs. */
  readonly expiresAt: number;
}

const noClaims: readonly string[] = [];

/** Working copies of the claims that a batch touches. */
export class KeyClaims {
  readonly #claims: Map<string, ClaimRowState>;
  readonly #stored: ReadonlySet<string>;
  readonly #changed = new Set<string>();

  constructor(before: readonly ClaimRowState[]) {
    this.#claims = new Map(before.map((claim) => [claim.id, claim]));
    this.#stored = new Set(this.#claims.keys());
  }

  /** True if another call has the key of this one, or had it not long ago. */
  isTaken({ claim, at }: HoldOperation): boolean {
    const known = claim === undefined ? undefined : this.#claims.get(claim.id);
    return known !== undefined && (known.state === 'running' || known.expiresAt > at);
  }

  /** Notes that the hold's call is the one under its key, if it has one. */
  take({ claim, holdId, ownerId, tokenId, at }: HoldOperation): void {
    if (claim === undefined) return;
    const times = { createdAt: at, expiresAt: at + claimKeptMs };
    this.#set({ ...claim, tokenId: tokenId ?? '', state: 'running', holdId, requestId: ownerId, answer: null, ...times });
  }

  /** The hold is closed, and its call's claim with it. */
  end(claimId: string, holdId: string, end: ClaimEnd, at: number): void {
    const claim = this.#claims.get(claimId);
    if (claim === undefined || claim.holdId !== holdId || claim.state !== 'running') return;
    if (end.state === 'freed') {
      this.#claims.delete(claimId);
      this.#changed.add(claimId);
      return;
    }
    const answer = end.state === 'kept' ? end.answer : null;
    this.#set({ ...claim, state: end.state, answer, expiresAt: at + claimKeptMs });
  }

  /** Rows to write, whether they are there or not. */
  written(): readonly ClaimRowState[] {
    return [...this.#changed].flatMap((id) => this.#claims.get(id) ?? []);
  }

  /** Ids of rows to remove. */
  freed(): readonly string[] {
    return [...this.#changed].filter((id) => this.#stored.has(id) && !this.#claims.has(id));
  }

  #set(claim: ClaimRowState): void {
    this.#claims.set(claim.id, claim);
    this.#changed.add(claim.id);
  }
}

/** Claims that a batch touches, each once, in the order in which they are locked. */
export function claimsNeeded(ofNewHolds: readonly string[], holds: readonly { readonly claimId: string | null }[]): readonly string[] {
  // Most batches have no keys, and are not to pay for them.
  if (ofNewHolds.length === 0 && holds.every(({ claimId }) => claimId === null)) return noClaims;
  const needed = new Set(ofNewHolds);
  for (const { claimId } of holds) if (claimId !== null) needed.add(claimId);
  return [...needed].sort();
}
