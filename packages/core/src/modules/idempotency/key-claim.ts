/** What a call claims by its idempotency key: to be the only one that is made under it. */
export interface KeyClaim {
  /** Hash of token and key: the same key of another token is another claim. */
  readonly id: string;
  /** Hash of method, path, query and body: what has to be the same for a request to be the same. */
  readonly fingerprint: string;
}

/** `running`: its call has an open hold. `kept`: its answer is stored. `not-kept`: its call was charged, and no whole answer is stored. */
export type ClaimState = 'running' | 'kept' | 'not-kept';

/** An answer as it left for the client. */
export interface CapturedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** The same as it is stored. */
export interface SealedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly sealed: string;
}

/** What becomes of a claim when its hold is closed; one that is `freed` leaves nothing. */
export type ClaimEnd =
  | { readonly state: 'kept'; readonly answer: SealedAnswer }
  | { readonly state: 'not-kept' }
  | { readonly state: 'freed' };

/** How long a key answers for its call, counted from when the call was settled. */
export const claimKeptMs = 86_400_000;

/** A larger answer is not kept. */
export const keptAnswerBytesMax = 1_048_576;
