import type { Clock } from '../../foundation/clock.js';
import { ConfigurationError } from '../../foundation/errors.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Database } from '../../storage/database.js';
import { AnswerNotKeptError, IdempotencyKeyReusedError, IdempotencyKeyRunningError } from './idempotency-errors.js';
import { findClaim, type StoredClaim } from './idempotency-store.js';
import type { CapturedAnswer, KeyClaim, SealedAnswer } from './key-claim.js';

export interface IdempotencyOptions {
  readonly database: Pick<Database, 'knex'>;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
}

/** An answer that an earlier call under the same key got. */
export interface KeptAnswer extends CapturedAnswer {
  /** That of the call that was made. */
  readonly requestId: string;
}

/** What idempotency keys have come to, and their answers, which nobody can read in the database. */
export class Idempotency {
  readonly #options: IdempotencyOptions;

  constructor(options: IdempotencyOptions) {
    this.#options = options;
  }

  /**
   * The answer of the call that was made under this key; undefined if none was, so that it may be made now.
   * @throws IdempotencyKeyReusedError, IdempotencyKeyRunningError, AnswerNotKeptError, StorageUnavailableError
   */
  async find({ id, fingerprint }: KeyClaim): Promise<KeptAnswer | undefined> {
    const { database, clock } = this.#options;
    const stored = await findClaim(database.knex, id, clock.now());
    if (stored === undefined) return undefined;
    if (stored.fingerprint !== fingerprint) throw new IdempotencyKeyReusedError();
    if (stored.state === 'running') throw new IdempotencyKeyRunningError();
    return this.#open(id, stored);
  }

  seal(claimId: string, holdId: string, { status, contentType, bytes }: CapturedAnswer): SealedAnswer {
    return { status, contentType, sealed: this.#options.secretBox.seal(bytes, contextOf(claimId, holdId)) };
  }

  /** An answer that cannot be opened is not there: its caller hears so, and is not charged again. @throws AnswerNotKeptError */
  #open(id: string, { answer, holdId, requestId }: StoredClaim): KeptAnswer {
    if (answer === undefined) throw new AnswerNotKeptError(requestId);
    const { status, contentType, sealed } = answer;
    try {
      return { requestId, status, contentType, bytes: this.#options.secretBox.openBytes(sealed, contextOf(id, holdId)) };
    } catch (error) {
      if (error instanceof ConfigurationError) throw new AnswerNotKeptError(requestId);
      throw error;
    }
  }
}

function contextOf(claimId: string, holdId: string): string {
  return `idempotency_keys ${claimId} ${holdId}`;
}
